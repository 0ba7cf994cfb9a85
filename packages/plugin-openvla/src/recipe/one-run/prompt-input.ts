import { concat, embedding, END, slice } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER, pictureInput } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import type { OneRunPlan } from "./one-run-plan.ts";

/** Words → rows of the decoder's input, `[1, tokens]` → `[1, tokens, hidden]`. */
export function wordRows(graph: GraphBuilder, ids: Value, { sizes }: PrismaticPlan): Value {
  const { vocabulary, hidden } = sizes.decoder;
  return embedding(graph, ids, `${DECODER}embed_tokens.weight`, vocabulary, hidden);
}

export interface PromptRows {
  /** int64 `[1, text]`. */
  readonly ids: Value;
  /** `[1, sequence, hidden]`. */
  readonly embeddings: Value;
  /** `[1, vision, hidden]`. */
  readonly image: Value;
}

/**
 * The prompt out of the input `input_ids` and the picture, which is input `image_features`, or comes of `pixel_values` in
 * the same run: BOS, the picture, the words. Those of a draft may be among them.
 */
export function promptInput(graph: GraphBuilder, plan: OneRunPlan): PromptRows {
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const { hidden } = plan.sizes.decoder;
  const image = plan.ahead
    ? pictureInput(graph, plan)
    : graph.input("image_features", graph.floatType, [1, plan.sizes.visionTokens, hidden]);
  const words = wordRows(graph, ids, plan);
  const [first, rest] = [slice(graph, words, 0, 1, 1), slice(graph, words, 1, END, 1)];
  return { ids, embeddings: concat(graph, [first, image, rest], 1), image };
}
