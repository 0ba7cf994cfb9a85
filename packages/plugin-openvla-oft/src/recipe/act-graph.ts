import {
  gatherRows,
  keptRows,
  rmsNorm,
  rotaryTables,
  sizeOfAxis,
  slice,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import { actionHead } from "./action-head.ts";
import { actionOutput, rowsFromEnd } from "./action-taps.ts";
import type { LayerWeights } from "./action-taps.ts";
import { placeholders } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { openLayer } from "./open-layer.ts";

/**
 * Graph `act`: hidden states at the cut → layers `K … L − 1` on the kept rows → the action head, which
 * reads the row before each placeholder.
 */
export function actGraph(plan: OftPlan, checkpoint: TensorSource, floatType: FloatType): PlannedGraph {
  const { sizes, cut, views } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const { constants } = graph;
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);

  const rows = keptRows(graph, all, keepIndices, constants.ints(1, views * sizes.visionTokens));
  const tables = rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta);
  // The sequence is numbered from 0, so a kept row's index is its original position.
  const places = { positionIds: unsqueeze(graph, rows, 0), tables };
  const layers: LayerWeights[] = [];
  let hidden = gatherRows(graph, all, rows);
  for (let layer = cut.pruneLayer; layer < decoder.layers; layer += 1) {
    const made = openLayer(graph, hidden, layer, decoder, places);
    layers.push({ layer, weights: made.weights });
    hidden = made.hidden;
  }

  const count = placeholders(plan);
  const read = rowsFromEnd(graph, count + 2, 2);
  const last = slice(graph, hidden, read.start, read.end, 1);
  actionHead(graph, rmsNorm(graph, last, `${DECODER}norm.weight`, decoder.hidden, decoder.epsilon), plan);
  const columns = {
    start: constants.ints(1),
    end: graph.node("Add", [sizeOfAxis(graph, keepIndices, 0), constants.ints(1)]),
  };
  actionOutput(graph, layers, cut.tappedLayers, rowsFromEnd(graph, count + 1, 1), columns);
  return graph.build();
}
