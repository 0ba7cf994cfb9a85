import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { dinov2, siglip } from "./synthetic-towers.ts";
import type { SyntheticTower } from "./synthetic-towers.ts";

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

/** Sizes of a DINOv2 tower and of a SigLIP tower, as `vision_towers` of a synthetic model gives them. */
function towers(hidden: number, layers: number, intermediate: number): readonly SyntheticTower[] {
  return [dinov2(hidden, layers, intermediate), siglip(hidden, layers, intermediate)];
}

function llama(hidden: number, intermediate: number, layers: number, heads: number): CheckpointConfig {
  return {
    model_type: "llama",
    hidden_size: hidden,
    intermediate_size: intermediate,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    vocab_size: 32_064,
  };
}

/** Configs of synthetic models by size: the real one, one for a laptop, one for tests. */
export const PRISMATIC_CONFIGS: Readonly<Record<"7b" | "0.5b" | "tiny", CheckpointConfig>> = {
  "7b": { ...BASE, text_config: llama(4096, 11_008, 32, 32) },
  "0.5b": {
    ...BASE,
    vision_heads: [6, 6],
    vision_towers: towers(384, 12, 1536),
    text_config: llama(1024, 2752, 32, 16),
  },
  tiny: {
    ...BASE,
    vision_heads: [2, 2],
    vision_towers: towers(32, 3, 64),
    text_config: llama(32, 64, 18, 4),
  },
};
