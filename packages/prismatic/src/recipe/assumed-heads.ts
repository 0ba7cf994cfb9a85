import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** Of the 7B model, whose 32 heads go without saying in configs. */
const LLAMA_HIDDEN = 4096;

/** A warning where nobody states the heads of a decoder that is not LLaMA-2's: shapes do not tell them. */
export function assumedHeads(config: CheckpointConfig, hidden: number): string[] {
  const text = (config["text_config"] ?? {}) as CheckpointConfig;
  if ((text["num_attention_heads"] ?? null) !== null || hidden === LLAMA_HIDDEN) return [];
  return [`text_config has no num_attention_heads: LLaMA-2's 32 are assumed for a hidden size of ${hidden}`];
}
