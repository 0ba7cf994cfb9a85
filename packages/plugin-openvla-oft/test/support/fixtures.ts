import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** A small seeded OpenVLA-OFT: base model, episode, and component files that the official classes made. */
export interface OftFixture {
  readonly name: string;
  readonly seed: number;
  /** Keys as in `config.json`, and `vision_towers` for the generator. */
  readonly config: CheckpointConfig;
  readonly views: number;
  readonly stateSize: number;
}

const TOWER = { hidden: 16, layers: 3, intermediate: 48, patch: 14 };

const CONFIG: CheckpointConfig = {
  architectures: ["OpenVLAForActionPrediction"],
  model_type: "openvla",
  arch_specifier: "no-align+fused-gelu-mlp",
  image_resize_strategy: "resize-naive",
  image_sizes: [112, 112],
  llm_backbone_id: "llama2-7b-pure",
  n_action_bins: 256,
  pad_to_multiple_of: 64,
  pad_token_id: 0,
  timm_model_ids: ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"],
  timm_override_act_layers: [null, null],
  use_fused_vision_backbone: true,
  vision_backbone_id: "dinosiglip-vit-so-224px",
  vision_heads: [2, 2],
  vision_towers: [
    { ...TOWER, class_token: true, registers: 4, layer_scale: true },
    { ...TOWER, class_token: false, registers: 0, layer_scale: false },
  ],
  norm_stats: {},
  text_config: {
    model_type: "llama",
    pad_token_id: 0,
    max_position_embeddings: 1024,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    vocab_size: 32_064,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 8,
    num_attention_heads: 4,
    num_key_value_heads: 4,
  },
};

/** Two cameras, a state of 8, a chunk of 8 × 7; normalised by quantiles. */
export const LIBERO: OftFixture = { name: "libero", seed: 10, config: CONFIG, views: 2, stateSize: 8 };

/** Three cameras, a state of 14, a chunk of 25 × 14; normalised by minimum and maximum. */
export const ALOHA: OftFixture = { name: "aloha", seed: 2, config: CONFIG, views: 3, stateSize: 14 };

/**
 * The same with few layers and small pictures: for what is held against no golden.
 *
 * @param side of the pictures, pixels
 */
export function smaller(fixture: OftFixture, side = 56): OftFixture {
  const { text_config: decoder, ...config } = fixture.config;
  const text_config = { ...(decoder as object), num_hidden_layers: 4 };
  return { ...fixture, config: { ...config, image_sizes: [side, side], text_config } };
}
