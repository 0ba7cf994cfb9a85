import {
  concat,
  embedding,
  headMean,
  openLayer,
  range,
  rotaryTables,
  SEMANTIC_ROWS,
  semanticRows,
  sizeOfAxis,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan } from "./pi0-sizes.ts";
import { cacheOutput } from "./prefix-layer.ts";

/** Spread of the tied words: a matrix's, since the graph scales them by `√hidden`. */
const WORDS = {};

/**
 * Graph `prefill_head`: token ids and visual tokens → the prefix after layer K−1, on all tokens, with the
 * keys and values of layers < K. Visual tokens come first; only the words are scaled by `√hidden`.
 */
export function prefillHeadGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder, names } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { constants } = graph;
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, "vision", decoder.hidden]);

  const words = embedding(graph, ids, names.words, decoder.vocabulary, decoder.hidden, WORDS);
  const scaled = graph.node("Mul", [words, constants.float(Math.sqrt(decoder.hidden), floatType)]);
  const embeddings = concat(graph, [image, scaled], 1); // [1, sequence, hidden]
  const start = constants.ints(0);
  const vision = sizeOfAxis(graph, image, 1);
  const sequence = sizeOfAxis(graph, embeddings, 1);
  const positionIds = unsqueeze(graph, range(graph, start, sequence), 0);
  const places = { positionIds, tables: rotaryTables(graph, decoder) };
  let hidden = embeddings;
  for (let layer = 0; layer < cut.pruneLayer; layer += 1) {
    const made = openLayer(graph, hidden, `${names.language}layers.`, layer, decoder, places);
    cacheOutput(graph, layer, made, sizes, "sequence");
    hidden = made.hidden;
    if (layer < cut.pruneLayer - 1) continue;
    const map = headMean(graph, made.weights, { start, end: vision });
    const ranges = { prefill: { start, end: sequence }, text: { start: vision, end: sequence } };
    const semantic = semanticRows(graph, map, embeddings, image, ranges);
    graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, "vision"]);
  }
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  return graph.build();
}
