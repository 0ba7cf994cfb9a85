import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

const DINO = {
  hidden: 16,
  layers: 3,
  intermediate: 64,
  patch: 14,
  class_token: true,
  registers: 4,
  layer_scale: true,
};
export const SIGLIP = {
  hidden: 24,
  layers: 3,
  intermediate: 90,
  patch: 14,
  class_token: false,
  registers: 0,
  layer_scale: false,
};

const STATISTICS = {
  q01: [-0.02, -0.04, -0.03, -0.08, -0.09, -0.2, 0],
  q99: [0.03, 0.04, 0.05, 0.08, 0.07, 0.21, 1],
  mask: [true, true, true, true, true, true, false],
};

/** What the fixtures share. */
export const BASE: CheckpointConfig = {
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

export const LLAMA = {
  model_type: "llama",
  pad_token_id: 0,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
};
