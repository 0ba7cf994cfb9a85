import type { ConfigFields, FieldRule } from "@vla-pruner/onnx/convert";
import { PRISMATIC_FIELDS } from "@vla-pruner/prismatic/convert";

const only = (...values: readonly unknown[]): FieldRule => ({
  only: values,
  fix: "this is a config of OpenVLA-OFT: convert it as such, with --architecture openvla-oft, or leave the field out",
});

/** OpenVLA's own fields; those of OpenVLA-OFT say that it is none. */
export const OPENVLA_FIELDS: ConfigFields = {
  ...PRISMATIC_FIELDS,
  action_head: only(),
  num_images_in_input: only(1),
  num_actions_chunk: only(1),
  use_proprio: only(false),
  use_film: only(false),
  use_l1_regression: only(false),
  use_diffusion: only(false),
  normalization: only("bounds_q99"),
};
