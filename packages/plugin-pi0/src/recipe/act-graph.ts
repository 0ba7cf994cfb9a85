import { gatherRows, keptRows, openLayer, rotaryTables, unsqueeze } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan } from "./pi0-sizes.ts";
import { cacheOutput, lastPrefixLayer } from "./prefix-layer.ts";

/**
 * Graph `act`: the prefix at the cut → keys and values of layers ≥ K, on the kept tokens only. Prefix
 * positions are row numbers, so the kept rows' numbers are their original positions.
 */
export function actGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder, names } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const visionSpan = graph.input("vision_span", "int64", [2]);

  const rows = keptRows(graph, all, keepIndices, visionSpan);
  const places = { positionIds: unsqueeze(graph, rows, 0), tables: rotaryTables(graph, decoder) };
  let hidden = gatherRows(graph, all, rows);
  const last = decoder.layers - 1;
  for (let layer = cut.pruneLayer; layer < last; layer += 1) {
    const made = openLayer(graph, hidden, `${names.language}layers.`, layer, decoder, places);
    cacheOutput(graph, layer, made, sizes, "kept_sequence");
    hidden = made.hidden;
  }
  cacheOutput(graph, last, lastPrefixLayer(graph, hidden, sizes, places), sizes, "kept_sequence");
  return graph.build();
}
