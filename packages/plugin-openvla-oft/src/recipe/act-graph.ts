import {
  gatherRows,
  keptRows,
  openLayers,
  rmsNorm,
  rowsTap,
  sizeOfAxis,
  slice,
  tapOutput,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { DECODER, LAYERS } from "@vla-pruner/prismatic/convert";
import { actionHead } from "./action-head.ts";
import { placeholderRows, placeholders } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";

/**
 * Graph `act`: hidden states at the cut → layers `K … L − 1` on the kept rows → the action head, which
 * reads the row before each placeholder.
 */
export function actGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const { constants } = graph;
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);

  const rows = keptRows(graph, all, keepIndices, constants.ints(1, views * sizes.visionTokens));
  // The sequence is numbered from 0, so a kept row's index is its original position.
  const positionIds = unsqueeze(graph, rows, 0);
  const kept = gatherRows(graph, all, rows);
  const above = [cut.pruneLayer, decoder.layers] as const;
  const { hidden, layers } = openLayers(graph, kept, positionIds, LAYERS, decoder, above);

  const last = slice(graph, hidden, -(placeholders(plan) + 2), -2, 1);
  actionHead(graph, rmsNorm(graph, last, `${DECODER}norm.weight`, decoder.hidden, decoder.epsilon), plan);
  const columns = {
    start: constants.ints(1),
    end: graph.node("Add", [sizeOfAxis(graph, keepIndices, 0), constants.ints(1)]),
  };
  const actions = placeholderRows(graph, plan);
  tapOutput(graph, layers, cut.tappedLayers, ({ weights }) => rowsTap(graph, weights, actions, columns));
  return graph.build();
}
