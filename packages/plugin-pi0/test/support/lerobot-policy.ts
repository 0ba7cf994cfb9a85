import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConversionPlan } from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../../src/convert.ts";
import type { Pi0Vla } from "../../src/pi0-vla.ts";

export const TINY = pi0Recipe.presets["pi0-tiny"] as CheckpointConfig;
export const STATE_FILE = "policy_preprocessor_step_5_normalizer_processor.safetensors";
export const ACTION_FILE = "policy_postprocessor_step_0_unnormalizer_processor.safetensors";
export const filled = (length: number, value: number): number[] => Array.from({ length }, () => value);
export const stats = (name: string, length: number): Record<string, number[]> => ({
  [`${name}.mean`]: filled(length, 1),
  [`${name}.std`]: filled(length, 2),
  [`${name}.q01`]: filled(length, -1),
  [`${name}.q99`]: filled(length, 1),
  [`${name}.min`]: filled(length, -3),
  [`${name}.max`]: filled(length, 3),
});
export const step = (name: string, config: object = {}, file?: string): object => ({
  registry_name: name,
  config,
  ...(file !== undefined && { state_file: file }),
});
export const NORM_MAP = { STATE: "MEAN_STD", ACTION: "MEAN_STD", VISUAL: "IDENTITY" };
export const pipeline = (map: object = NORM_MAP, relative = false): Record<string, object> => ({
  "policy_preprocessor.json": {
    name: "policy_preprocessor",
    steps: [
      step("rename_observations_processor", { rename_map: {} }),
      step("to_batch_processor"),
      step("pi0_new_line_processor"),
      step("tokenizer_processor", {
        max_length: 48,
        task_key: "task",
        padding_side: "right",
        padding: "max_length",
        truncation: true,
      }),
      step("device_processor", { device: "cuda", float_dtype: null }),
      step("relative_actions_processor", {
        enabled: relative,
        exclude_joints: ["gripper"],
        action_names: ["x", "y", "z", "roll", "pitch", "yaw", "gripper.pos"],
      }),
      step("normalizer_processor", { eps: 1e-8, features: {}, norm_map: map }, STATE_FILE),
    ],
  },
  "policy_postprocessor.json": {
    name: "policy_postprocessor",
    steps: [
      step("unnormalizer_processor", { eps: 1e-8, features: {}, norm_map: map }, ACTION_FILE),
      step("absolute_actions_processor", { enabled: relative }),
      step("device_processor", { device: "cpu", float_dtype: null }),
    ],
  },
});
export const vectors: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  [STATE_FILE]: { ...stats("observation.state", 8), ...stats("action", 7) },
  [ACTION_FILE]: stats("action", 7),
};
export const LEROBOT: CheckpointConfig = {
  ...TINY,
  model_type: undefined,
  type: "pi0",
  normalization_mapping: { STATE: "QUANTILES", ACTION: "QUANTILES" },
  input_features: {
    "observation.images.wrist": { type: "VISUAL", shape: [3, 224, 224] },
    "observation.images.image": { type: "VISUAL", shape: [3, 224, 224] },
    "observation.state": { type: "STATE", shape: [8] },
  },
  output_features: { action: { type: "ACTION", shape: [7] } },
};

export function plan(files: Record<string, unknown>, config: CheckpointConfig = LEROBOT): ConversionPlan {
  const checkpoint = new SyntheticSource(pi0Recipe.tensors(TINY));
  return pi0Recipe.plan({ config, files, checkpoint, floatType: "float32", options: {} });
}

export function vlaOf(files: Record<string, unknown>, config?: CheckpointConfig): Pi0Vla {
  return plan(files, config).vla as unknown as Pi0Vla;
}
