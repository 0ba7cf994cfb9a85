import { concat, embedding } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** Spread of the tied words: a matrix's, since the graph scales them by `√hidden`. */
const WORDS = {};

/** The prefix out of the inputs `input_ids` and `image_features`: visual tokens first; only the words are scaled by `√hidden`. */
export function prefixInput(
  graph: GraphBuilder,
  { decoder, names }: Pi0Sizes,
): { /** `[1, sequence, hidden]`. */ readonly embeddings: Value; readonly image: Value } {
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", graph.floatType, [1, "vision", decoder.hidden]);
  const words = embedding(graph, ids, names.words, decoder.vocabulary, decoder.hidden, WORDS);
  const factor = graph.constants.float(Math.sqrt(decoder.hidden), graph.floatType);
  return { embeddings: concat(graph, [image, graph.node("Mul", [words, factor])], 1), image };
}
