import { ignoredFields, readFields, TRANSFORMERS_FIELDS } from "@vla-pruner/onnx/convert";
import type { ConfigFields, FieldRule } from "@vla-pruner/onnx/convert";

const OTHER_POSITIONS =
  "scaled or partial rotary positions are not built here; take a checkpoint without them";

/** The one kind of rotary positions that the graphs have. */
const ROPE: FieldRule = {
  fields: {
    rope_theta: "read",
    rope_type: { only: ["default"], fix: OTHER_POSITIONS },
    type: { only: ["default"], fix: OTHER_POSITIONS },
    partial_rotary_factor: { only: [1], fix: OTHER_POSITIONS },
    factor: { only: [1], fix: OTHER_POSITIONS },
  },
};

const LLAMA: FieldRule = { only: ["llama"], fix: "only Llama decoders are built for OpenVLA" };

/** `LlamaConfig` of transformers 4 and 5. */
const TEXT_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...readFields(
    "hidden_size",
    "num_attention_heads",
    "num_key_value_heads",
    "num_hidden_layers",
    "intermediate_size",
    "vocab_size",
    "head_dim",
    "rms_norm_eps",
    "rope_theta",
    "max_position_embeddings",
    "tie_word_embeddings",
  ),
  model_type: LLAMA,
  hidden_act: { only: ["silu"] },
  attention_bias: { only: [false] },
  mlp_bias: { only: [false] },
  sliding_window: { only: [] },
  use_sliding_window: { only: [false] },
  rope_scaling: ROPE,
  rope_parameters: ROPE,
};

/**
 * `OpenVLAConfig` of openvla and openvla-oft, and what this project adds: head counts and towers of small
 * models, the token that ends prompts.
 */
export const PRISMATIC_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...readFields(
    "model_type",
    "image_resize_strategy",
    "image_sizes",
    "n_action_bins",
    "norm_stats",
    "pad_to_multiple_of",
    "timm_model_ids",
    "timm_override_act_layers",
    "use_fused_vision_backbone",
    "vision_heads",
    "vision_towers",
    "empty_token_id",
  ),
  ...ignoredFields("names what the sizes are read from: the tensors", "vision_backbone_id", "hf_llm_id"),
  ...ignoredFields("an output that no action depends on", "output_projector_states"),
  ...ignoredFields("room is counted from max_position_embeddings", "llm_max_length"),
  ...ignoredFields("the text model has its own", "tie_word_embeddings"),
  text_config: { fields: TEXT_FIELDS },
  arch_specifier: {
    only: [
      "no-align+fused-gelu-mlp",
      "no-align+gelu-mlp",
      "full-align+fused-gelu-mlp",
      "full-align+gelu-mlp",
    ],
  },
  llm_backbone_id: {
    only: [
      "llama2-7b-pure",
      "llama2-13b-pure",
      "llama2-7b-chat",
      "llama2-13b-chat",
      "vicuna-v15-7b",
      "vicuna-v15-13b",
    ],
    fix: "only Llama decoders are built for OpenVLA",
  },
};

/** `preprocessor_config.json` of Prismatic's image processor. */
export const PROCESSOR_FIELDS: ConfigFields = {
  ...readFields(
    "image_resize_strategy",
    "input_sizes",
    "means",
    "stds",
    "tvf_normalize_params",
    "tvf_letterbox_fill",
    "tvf_do_letterbox",
  ),
  ...ignoredFields(
    "names the code that reads it",
    "auto_map",
    "image_processor_type",
    "processor_class",
    "feature_extractor_type",
    "_processor_class",
  ),
  ...ignoredFields("follows from the sizes of the pictures", "tvf_crop_params", "tvf_resize_params"),
  ...ignoredFields("read off the towers", "use_fused_vision_backbone"),
  interpolations: {
    only: [["bicubic"], ["bicubic", "bicubic"]],
    fix: "pictures are resized with Pillow's bicubic filter here, as OpenVLA's are",
  },
};
