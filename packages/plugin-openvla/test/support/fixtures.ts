import type { CheckpointConfig } from "@vla-pruner/onnx";
import type { OpenVlaFixture } from "./openvla-fixture.ts";

const DINO = { hidden: 16, layers: 3, intermediate: 64, patch: 14, class_token: true, registers: 4, layer_scale: true };
const SIGLIP = { hidden: 24, layers: 3, intermediate: 90, patch: 14, class_token: false, registers: 0, layer_scale: false };

const STATISTICS = {
  q01: [-0.02, -0.04, -0.03, -0.08, -0.09, -0.2, 0],
  q99: [0.03, 0.04, 0.05, 0.08, 0.07, 0.21, 1],
  mask: [true, true, true, true, true, true, false],
};

const BASE: CheckpointConfig = {
  architectures: ["OpenVLAForActionPrediction"],
  model_type: "openvla",
  arch_specifier: "no-align+fused-gelu-mlp",
  image_resize_strategy: "resize-naive",
  llm_backbone_id: "llama2-7b-pure",
  n_action_bins: 256,
  pad_to_multiple_of: 64,
  pad_token_id: 0,
  timm_model_ids: ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"],
  timm_override_act_layers: [null, null],
  use_fused_vision_backbone: true,
  vision_backbone_id: "dinosiglip-vit-so-224px",
  vision_heads: [2, 2],
  vision_towers: [DINO, SIGLIP],
  norm_stats: { fixture: { action: STATISTICS } },
};

const LLAMA = { model_type: "llama", pad_token_id: 0, max_position_embeddings: 512, rms_norm_eps: 1e-6, rope_theta: 10_000 };

/** As large as the published pruning code wants it: 256 patches, layer 15, token 29871. */
export const REFERENCE: OpenVlaFixture = {
  name: "reference",
  // Of 80 seeds the one whose greedy picks are the furthest from a tie: every one leads by at least 5e-6.
  seed: 27,
  config: {
    ...BASE,
    image_sizes: [224, 224],
    text_config: {
      ...LLAMA,
      vocab_size: 32_064,
      hidden_size: 32,
      intermediate_size: 64,
      num_hidden_layers: 18,
      num_attention_heads: 4,
      num_key_value_heads: 4,
    },
  },
  dtype: "F32",
  shards: 1,
  options: { pruneLayer: 3 },
};

/** Checkpoints that differ from the reference in everything that a checkpoint may differ in. */
export const VARIANTS: readonly OpenVlaFixture[] = [
  {
    // Two query heads share a key/value head; size 12; another base and epsilon; a tanh GELU.
    name: "grouped-query",
    seed: 2,
    config: {
      ...BASE,
      image_sizes: [56, 56],
      timm_override_act_layers: ["gelu_tanh", null],
      text_config: {
        ...LLAMA,
        vocab_size: 1064,
        hidden_size: 48,
        intermediate_size: 100,
        num_hidden_layers: 6,
        num_attention_heads: 4,
        num_key_value_heads: 2,
        rms_norm_eps: 1e-5,
        rope_theta: 500_000,
      },
    },
    dtype: "F32",
    shards: 1,
    options: { pruneLayer: 3 },
  },
  {
    // One tower with a shorter projector; the latter half of the layers reaches below the cut.
    name: "single-tower",
    seed: 3,
    config: {
      ...BASE,
      arch_specifier: "no-align+gelu-mlp",
      image_sizes: [112],
      timm_model_ids: ["vit_so400m_patch14_siglip_224"],
      timm_override_act_layers: [null],
      use_fused_vision_backbone: false,
      vision_backbone_id: "siglip-vit-so400m",
      vision_heads: [3],
      vision_towers: [SIGLIP],
      text_config: {
        ...LLAMA,
        vocab_size: 1064,
        hidden_size: 40,
        intermediate_size: 64,
        num_hidden_layers: 5,
        num_attention_heads: 2,
        num_key_value_heads: 2,
      },
    },
    dtype: "F16",
    shards: 1,
    options: { pruneLayer: 3 },
  },
  {
    // Position tables with rows for class and register tokens; tied words; other bins; no mask.
    name: "covered-positions",
    seed: 4,
    config: {
      ...BASE,
      image_sizes: [70, 70],
      n_action_bins: 128,
      pad_to_multiple_of: 32,
      norm_stats: { fixture: { action: { q01: [-1, -2, 0, -0.5, 3], q99: [1, 1, 0, 0.5, 5] } } },
      text_config: {
        ...LLAMA,
        vocab_size: 544,
        hidden_size: 64,
        intermediate_size: 96,
        num_hidden_layers: 5,
        num_attention_heads: 4,
        num_key_value_heads: 4,
        tie_word_embeddings: true,
      },
    },
    dtype: "BF16",
    shards: 3,
    tied: true,
    positionsCoverPrefix: true,
    options: { pruneLayer: 2 },
  },
  {
    // All sizes but the vocabulary are left to the tensors; 32 heads, LlamaConfig's default; all but the last layer below the cut.
    name: "silent-config",
    seed: 5,
    config: {
      ...BASE,
      image_sizes: [56, 56],
      vision_heads: [4, 2],
      text_config: {
        ...LLAMA,
        vocab_size: 1064,
        hidden_size: 64,
        intermediate_size: 72,
        num_hidden_layers: 4,
        num_attention_heads: 32,
        num_key_value_heads: 32,
      },
    },
    silent: ["image_sizes", "text_config"],
    dtype: "F32",
    shards: 2,
    options: { pruneLayer: 3 },
  },
  {
    // One key/value head for all; a plain class-token tower with patches of 16; one layer below the cut.
    name: "multi-query",
    seed: 6,
    config: {
      ...BASE,
      arch_specifier: "no-align+gelu-mlp",
      image_sizes: [80],
      timm_model_ids: ["vit_large_patch16_224.augreg_in21k_ft_in1k"],
      timm_override_act_layers: [null],
      use_fused_vision_backbone: false,
      vision_backbone_id: "in1k-vit-l",
      vision_heads: [2],
      vision_towers: [{ hidden: 32, layers: 2, intermediate: 48, patch: 16, class_token: true, registers: 0, layer_scale: false }],
      text_config: {
        ...LLAMA,
        vocab_size: 1064,
        hidden_size: 36,
        intermediate_size: 64,
        num_hidden_layers: 4,
        num_attention_heads: 6,
        num_key_value_heads: 1,
      },
    },
    dtype: "F32",
    shards: 1,
    positionsCoverPrefix: true,
    options: { pruneLayer: 1 },
  },
];
