import { concat, embedding, END, slice } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";

/** Words → rows of the decoder's input, `[1, tokens]` → `[1, tokens, hidden]`. */
export function wordRows(graph: GraphBuilder, ids: Value, { sizes }: PrismaticPlan): Value {
  const { vocabulary, hidden } = sizes.decoder;
  return embedding(graph, ids, `${DECODER}embed_tokens.weight`, vocabulary, hidden);
}

/** The prompt out of the inputs `input_ids` and `image_features`: BOS, the picture, the words. */
export function promptInput(
  graph: GraphBuilder,
  plan: PrismaticPlan,
): { /** `[1, sequence, hidden]`. */ readonly embeddings: Value; readonly image: Value } {
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const { hidden } = plan.sizes.decoder;
  const image = graph.input("image_features", graph.floatType, [1, plan.sizes.visionTokens, hidden]);
  const words = wordRows(graph, ids, plan);
  const [first, rest] = [slice(graph, words, 0, 1, 1), slice(graph, words, 1, END, 1)];
  return { embeddings: concat(graph, [first, image, rest], 1), image };
}
