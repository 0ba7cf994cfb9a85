import {
  CacheBorder,
  cast,
  decoderLayer,
  gatherRows,
  keptRows,
  linear,
  rmsNorm,
  rotaryTables,
  slice,
  squeeze,
} from "@vla-pruner/onnx/blocks";
import type { DecoderLayer } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import type { PrismaticSizes } from "@vla-pruner/prismatic/convert";
import { actionOutput, columnInputs } from "./prefill-head-graph.ts";
import type { TapPlan } from "./prefill-head-graph.ts";

/**
 * Graph `act`: hidden states at the cut → logits of the next token, on the kept tokens only.
 *
 * Serves the prefill (`keep_indices` chosen, `vision_span` where the picture lies) and, with one row and
 * `vision_span [0, 0]`, every decode step.
 */
export function actGraph(
  sizes: PrismaticSizes,
  taps: TapPlan,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const visionSpan = graph.input("vision_span", "int64", [2]);
  const allPositions = graph.input("position_ids", "int64", [1, "sequence"]);
  const columns = columnInputs(graph);

  const rows = keptRows(graph, all, keepIndices, visionSpan);
  const positionIds = gatherRows(graph, allPositions, rows); // kept tokens keep their original positions
  let hidden = gatherRows(graph, all, rows);

  const tables = rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta);
  const border = new CacheBorder(graph, decoder);
  const layers: DecoderLayer[] = [];
  for (let layer = taps.pruneLayer; layer < decoder.layers; layer += 1) {
    const made = decoderLayer(graph, hidden, `${DECODER}layers.${layer}.`, decoder, {
      positionIds,
      tables,
      cache: border.inputs(layer),
    });
    border.outputs(layer, made.attention);
    layers.push(made);
    hidden = made.hidden;
  }

  const last = slice(graph, hidden, graph.constants.ints(-1), graph.constants.ints(2 ** 31), 1);
  const normed = rmsNorm(graph, last, `${DECODER}norm.weight`, decoder.hidden, decoder.epsilon);
  const logits = linear(graph, normed, {
    weights: [sizes.head],
    input: decoder.hidden,
    outputs: [decoder.vocabulary],
  });
  graph.output(cast(graph, squeeze(graph, logits, 0), floatType, "float32"), "logits", "float32", [
    1,
    decoder.vocabulary,
  ]);
  actionOutput(
    graph,
    taps.tappedLayers.filter((layer) => layer >= taps.pruneLayer),
    layers,
    taps.pruneLayer,
    columns,
    sizes,
  );
  return graph.build();
}
