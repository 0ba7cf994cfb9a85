import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

const FULL: CheckpointConfig = {
  model_type: "pi0",
  paligemma_variant: "gemma_2b",
  action_expert_variant: "gemma_300m",
  action_dim: 32,
  action_horizon: 50,
  // Random weights have no robot whose units they could speak.
  normalization_mapping: { STATE: "IDENTITY", ACTION: "IDENTITY" },
};

/** Of sizes that no published model has. */
const OWN_SIZES: CheckpointConfig = {
  ...FULL,
  paligemma_variant: "dummy",
  action_expert_variant: "dummy",
};

/** π0 made small: every layer, half the width and less. */
const HALF_BILLION: CheckpointConfig = {
  ...OWN_SIZES,
  num_attention_heads: 8,
  num_key_value_heads: 1,
  head_dim: 128,
  vision_heads: [12],
  prefix: { width: 1024, layers: 18, intermediate: 4096 },
  expert: { width: 512, layers: 18, intermediate: 2048 },
  vision_tower: { width: 768, layers: 12, intermediate: 3072 },
};

const TINY: CheckpointConfig = {
  ...OWN_SIZES,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 16,
  vision_heads: [4],
  action_horizon: 10,
  vocab_size: 4096,
  prefix: { width: 64, layers: 6, intermediate: 128 },
  expert: { width: 32, layers: 6, intermediate: 64 },
  vision_tower: { width: 48, layers: 3, intermediate: 96 },
};

/** Configs for `--synthetic NAME`: the real ones, and one of each variant for tests. */
export const PRESETS: Readonly<Record<string, CheckpointConfig>> = {
  pi0: FULL,
  pi05: { ...FULL, model_type: "pi05" },
  "pi0-0.5b": HALF_BILLION,
  "pi0-tiny": TINY,
  "pi05-tiny": { ...TINY, model_type: "pi05" },
};
