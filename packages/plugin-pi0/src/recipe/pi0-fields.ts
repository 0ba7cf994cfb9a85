import { ignoredFields, readFields, TRANSFORMERS_FIELDS } from "@vla-pruner/onnx/convert";
import type { ConfigFields, FieldRule } from "@vla-pruner/onnx/convert";

const MEMORY = "memory of earlier steps is not built here; take a checkpoint that was trained without it";
const POSITIONS: FieldRule = {
  fields: {
    rope_theta: { only: [10_000] },
    rope_type: { only: ["default"] },
    type: { only: ["default"] },
    partial_rotary_factor: { only: [1] },
  },
};

/** `GemmaConfig` of transformers 4 and 5. */
const GEMMA_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...readFields("num_attention_heads", "num_key_value_heads", "head_dim"),
  ...ignoredFields(
    "read off the tensors",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "vocab_size",
    "use_adarms",
    "adarms_cond_dim",
    "tie_word_embeddings",
  ),
  ...ignoredFields(
    "the graphs state their own masks and room",
    "use_bidirectional_attention",
    "is_causal",
    "max_position_embeddings",
    "num_image_tokens",
  ),
  model_type: { only: ["gemma", "gemma_text"] },
  hidden_act: { only: ["gelu_pytorch_tanh"] },
  hidden_activation: { only: ["gelu_pytorch_tanh"] },
  rms_norm_eps: { only: [1e-6] },
  attention_bias: { only: [false] },
  rope_theta: { only: [10_000] },
  rope_scaling: POSITIONS,
  rope_parameters: POSITIONS,
};

/** `SiglipVisionConfig`. */
const SIGLIP_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...readFields("num_attention_heads"),
  ...ignoredFields(
    "read off the tensors",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "image_size",
    "patch_size",
    "num_image_tokens",
    "projection_dim",
    "vocab_size",
  ),
  ...ignoredFields("not used by π0", "vision_use_head", "projector_hidden_act"),
  model_type: { only: ["siglip_vision_model"] },
  hidden_act: { only: ["gelu_pytorch_tanh"] },
  layer_norm_eps: { only: [1e-6] },
  num_channels: { only: [3] },
};

/** `PI0Config` of transformers 5: what openpi and lerobot name by variants, it spells out. */
const TRANSFORMERS_PI0: ConfigFields = {
  vlm_config: {
    fields: {
      ...TRANSFORMERS_FIELDS,
      ...ignoredFields(
        "read off the tensors, or of a text model's own use",
        "projection_dim",
        "hidden_size",
        "vocab_size",
        "image_token_id",
        "image_token_index",
        "tie_word_embeddings",
      ),
      model_type: { only: ["paligemma"] },
      text_config: { fields: GEMMA_FIELDS },
      vision_config: { fields: SIGLIP_FIELDS },
    },
  },
  dit_config: { fields: GEMMA_FIELDS },
  ...ignoredFields("used in training", "loss_reduction"),
};

/** `Pi0Config` of openpi, as its PyTorch converter and its class have it. */
const OPENPI: ConfigFields = {
  ...readFields(
    "paligemma_variant",
    "action_expert_variant",
    "action_dim",
    "action_horizon",
    "max_token_len",
    "pi05",
    "discrete_state_input",
  ),
  ...ignoredFields("says how PyTorch stores and runs it", "precision", "pytorch_compile_mode"),
};

/** `PI0Config` and `PI05Config` of lerobot, and the base that they share. */
const LEROBOT: ConfigFields = {
  ...readFields(
    "type",
    "chunk_size",
    "max_state_dim",
    "max_action_dim",
    "num_inference_steps",
    "num_steps",
    "use_relative_actions",
    "relative_exclude_joints",
    "action_feature_names",
    "image_resolution",
    "resize_imgs_with_padding",
    "normalization_mapping",
    "tokenizer_max_length",
    "input_features",
    "output_features",
  ),
  ...ignoredFields(
    "used in training",
    "time_sampling_beta_alpha",
    "time_sampling_beta_beta",
    "time_sampling_scale",
    "time_sampling_offset",
    "freeze_vision_encoder",
    "train_expert_only",
    "train_state_proj",
    "optimizer_lr",
    "optimizer_betas",
    "optimizer_eps",
    "optimizer_weight_decay",
    "optimizer_grad_clip_norm",
    "scheduler_warmup_steps",
    "scheduler_decay_steps",
    "scheduler_decay_lr",
    "rtc_training_max_delay",
    "use_peft",
  ),
  ...ignoredFields(
    "says how PyTorch runs it",
    "device",
    "use_amp",
    "compile_model",
    "compile_mode",
    "attention_implementation",
  ),
  ...ignoredFields(
    "names where it came from or goes to",
    "push_to_hub",
    "repo_id",
    "private",
    "tags",
    "license",
    "pretrained_path",
    "pretrained_revision",
    "proj_width",
  ),
  ...ignoredFields("how much of a chunk is executed is up to ActionQueue", "n_action_steps", "rtc_config"),
  ...ignoredFields("an absent camera costs nothing", "empty_cameras"),
  ...ignoredFields(
    "settings of a memory that is off",
    "memory_frames",
    "memory_stride",
    "memory_temporal_attention_every",
  ),
  n_obs_steps: { only: [1], fix: MEMORY },
  use_visual_memory: { only: [false], fix: MEMORY },
  use_proprioceptive_memory: { only: [false], fix: MEMORY },
  min_period: { only: [0.004] },
  max_period: { only: [4] },
  adapt_to_pi_aloha: { only: [false], fix: "joints of ALOHA must be turned to π's conventions outside" },
  use_delta_joint_actions_aloha: { only: [false], fix: "say use_relative_actions instead" },
};

/** Every field of a π0's config that some version of its code knows; head counts and small sizes are this project's own. */
export const PI0_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...OPENPI,
  ...LEROBOT,
  ...TRANSFORMERS_PI0,
  ...readFields("model_type", "num_attention_heads", "num_key_value_heads", "head_dim", "vision_heads"),
  ...ignoredFields("for --synthetic", "vocab_size", "prefix", "expert", "vision_tower"),
};
