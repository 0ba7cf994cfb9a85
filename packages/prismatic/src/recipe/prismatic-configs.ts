import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** Statistics for synthetic models: actions come out between −1 and 1. */
const UNIT_STATISTICS = {
  synthetic: {
    action: {
      q01: [-1, -1, -1, -1, -1, -1, 0],
      q99: [1, 1, 1, 1, 1, 1, 1],
      mask: [true, true, true, true, true, true, false],
    },
  },
};

const BASE: CheckpointConfig = {
  architectures: ["OpenVLAForActionPrediction"],
  model_type: "openvla",
  image_resize_strategy: "resize-naive",
  image_sizes: [224, 224],
  n_action_bins: 256,
  pad_to_multiple_of: 64,
  timm_model_ids: ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"],
  use_fused_vision_backbone: true,
  norm_stats: UNIT_STATISTICS,
};

/** Configs of synthetic models by size: the real one, one for a laptop, one for tests. */
export const PRISMATIC_CONFIGS: Readonly<Record<"7b" | "0.5b" | "tiny", CheckpointConfig>> = {
  "7b": {
    ...BASE,
    text_config: {
      model_type: "llama",
      hidden_size: 4096,
      intermediate_size: 11_008,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      vocab_size: 32_064,
    },
  },
  "0.5b": {
    ...BASE,
    vision_heads: [6, 6],
    vision_towers: [
      {
        hidden: 384,
        layers: 12,
        intermediate: 1536,
        patch: 14,
        class_token: true,
        registers: 4,
        layer_scale: true,
      },
      {
        hidden: 384,
        layers: 12,
        intermediate: 1536,
        patch: 14,
        class_token: false,
        registers: 0,
        layer_scale: false,
      },
    ],
    text_config: {
      model_type: "llama",
      hidden_size: 1024,
      intermediate_size: 2752,
      num_hidden_layers: 32,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      vocab_size: 32_064,
    },
  },
  tiny: {
    ...BASE,
    vision_heads: [2, 2],
    vision_towers: [
      {
        hidden: 32,
        layers: 3,
        intermediate: 64,
        patch: 14,
        class_token: true,
        registers: 4,
        layer_scale: true,
      },
      {
        hidden: 32,
        layers: 3,
        intermediate: 64,
        patch: 14,
        class_token: false,
        registers: 0,
        layer_scale: false,
      },
    ],
    text_config: {
      model_type: "llama",
      hidden_size: 32,
      intermediate_size: 64,
      num_hidden_layers: 18,
      num_attention_heads: 4,
      num_key_value_heads: 4,
      vocab_size: 32_064,
    },
  },
};
