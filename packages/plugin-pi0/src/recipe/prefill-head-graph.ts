import {
  concat,
  embedding,
  headMean,
  range,
  rotaryTables,
  SEMANTIC_ROWS,
  semanticRows,
  sizeOfAxis,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";
import { cacheOutputs, prefixLayer } from "./prefix-layer.ts";

/**
 * Graph `prefill_head`: token ids and visual tokens → the prefix after layer K−1, on all tokens, with the
 * keys and values of layers < K. Visual tokens come first; only the words are scaled by `√hidden`.
 */
export function prefillHeadGraph(
  sizes: Pi0Sizes,
  pruneLayer: number,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { decoder, names } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { constants } = graph;
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, "vision", decoder.hidden]);

  const words = embedding(graph, ids, names.words, decoder.vocabulary, decoder.hidden);
  const scaled = graph.node("Mul", [words, constants.float(Math.sqrt(decoder.hidden), floatType)]);
  const embeddings = concat(graph, [image, scaled], 1); // [1, sequence, hidden]
  const start = constants.ints(0);
  const vision = sizeOfAxis(graph, image, 1);
  const sequence = sizeOfAxis(graph, embeddings, 1);

  const place = {
    positionIds: unsqueeze(graph, range(graph, start, sequence), 0),
    tables: rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta),
  };
  let hidden = embeddings;
  for (let layer = 0; layer < pruneLayer; layer += 1) {
    const made = prefixLayer(graph, hidden, layer, sizes, place);
    cacheOutputs(graph, layer, made, sizes, "sequence");
    hidden = made.hidden;
    if (layer < pruneLayer - 1) continue;
    const map = headMean(graph, made.weights, { start, end: vision });
    const ranges = { prefill: { start, end: sequence }, text: { start: vision, end: sequence } };
    const semantic = semanticRows(graph, map, embeddings, image, ranges);
    graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, "vision"]);
  }
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  return graph.build();
}
