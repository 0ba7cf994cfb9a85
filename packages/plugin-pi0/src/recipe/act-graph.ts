import { gatherRows, keptRows, rotaryTables, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";
import { cacheOutputs, lastPrefixLayer, prefixLayer } from "./prefix-layer.ts";

/**
 * Graph `act`: the prefix at the cut → keys and values of layers ≥ K, on the kept tokens only. Prefix
 * positions are row numbers, so the kept rows' numbers are their original positions.
 */
export function actGraph(
  sizes: Pi0Sizes,
  pruneLayer: number,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const visionSpan = graph.input("vision_span", "int64", [2]);

  const rows = keptRows(graph, all, keepIndices, visionSpan);
  const place = {
    positionIds: unsqueeze(graph, rows, 0),
    tables: rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta),
  };
  let hidden = gatherRows(graph, all, rows);
  const last = decoder.layers - 1;
  for (let layer = pruneLayer; layer < last; layer += 1) {
    const made = prefixLayer(graph, hidden, layer, sizes, place);
    cacheOutputs(graph, layer, made, sizes, "kept_sequence");
    hidden = made.hidden;
  }
  cacheOutputs(graph, last, lastPrefixLayer(graph, hidden, last, sizes, place), sizes, "kept_sequence");
  return graph.build();
}
