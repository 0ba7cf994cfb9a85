import { concat, embedding } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** Spread of the tied words: a matrix's, since the graph scales them by `√hidden`. */
const WORDS = {};

/** A prefix at the decoder's input. */
export interface PrefixRows {
  /** `[1, sequence, hidden]`. */
  readonly embeddings: Value;
  /** Its visual tokens, which come first, `[1, vision, hidden]`. */
  readonly image: Value;
  /** Its words, int64 `[1, text]`. */
  readonly ids: Value;
}

/**
 * The prefix out of input `input_ids` and visual tokens, `image_features` where the graph has none itself: visual tokens first;
 * only the words are scaled by `√hidden`.
 */
export function prefixInput(
  graph: GraphBuilder,
  { decoder, names }: Pi0Sizes,
  image: Value = graph.input("image_features", graph.floatType, [1, "vision", decoder.hidden]),
): PrefixRows {
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const words = embedding(graph, ids, names.words, decoder.vocabulary, decoder.hidden, WORDS);
  const factor = graph.constants.float(Math.sqrt(decoder.hidden), graph.floatType);
  return { embeddings: concat(graph, [image, graph.node("Mul", [words, factor])], 1), image, ids };
}
