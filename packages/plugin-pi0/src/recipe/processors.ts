import { isObject, VlaPrunerError } from "@vla-pruner/format";
import { checkFields, ignoredFields, invalidConfig, readFields } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConfigFields } from "@vla-pruner/onnx/convert";

export const PREPROCESSOR = "policy_preprocessor.json";
export const POSTPROCESSOR = "policy_postprocessor.json";

/** A step of lerobot's processing before or after the policy. */
export interface ProcessorStep {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Safetensors file of its own. */
  readonly stateFile: string | null;
}

const NORMALIZER: ConfigFields = {
  ...readFields("features", "norm_map", "normalize_observation_keys"),
  eps: { only: [1e-8] },
};
const NOTHING: ConfigFields = {};
const DEVICE = ignoredFields("says where PyTorch runs it", "device", "float_dtype");

/** Fields of the steps that the policies of π0 and π0.5 have, by the step's name; others change what goes in or comes out. */
const STEPS: Readonly<Record<string, ConfigFields>> = {
  rename_observations_processor: readFields("rename_map"),
  to_batch_processor: {
    ...ignoredFields("adds an axis", "to_batch_action_processor", "to_batch_observation_processor"),
    ...ignoredFields("adds an axis", "to_batch_complementary_data_processor"),
  },
  pi0_new_line_processor: NOTHING,
  pi05_prepare_state_tokenizer_processor_step: {
    ...ignoredFields("read off the tensors", "max_state_dim"),
    task_key: { only: ["task"] },
    include_state_in_prompt: { only: [true] },
  },
  tokenizer_processor: {
    ...readFields("max_length"),
    ...ignoredFields("the tokenizer comes with the model", "tokenizer_name"),
    ...ignoredFields("nothing is padded at batch 1", "padding", "padding_side", "truncation"),
    task_key: { only: ["task"] },
  },
  device_processor: DEVICE,
  relative_actions_processor: readFields("enabled", "exclude_joints", "action_names"),
  absolute_actions_processor: readFields("enabled"),
  normalizer_processor: NORMALIZER,
  unnormalizer_processor: NORMALIZER,
};

/** Steps of a processor file, and warnings. @throws `config-invalid` for a step that is not known */
export function readSteps(
  files: Readonly<Record<string, unknown>>,
  path: string,
): { readonly steps: readonly ProcessorStep[]; readonly warnings: readonly string[] } {
  const json = files[path];
  if (json === undefined) return { steps: [], warnings: [] };
  const listed: unknown = isObject(json) ? json["steps"] : undefined;
  if (!Array.isArray(listed))
    throw invalidConfig(`${path} with a list of steps`, JSON.stringify(listed ?? null));
  const warnings: string[] = [];
  const steps = listed.map((entry: unknown): ProcessorStep => {
    const step = (entry ?? {}) as Readonly<Record<string, unknown>>;
    const name = String(step["registry_name"] ?? step["class"]);
    const fields = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
    if (fields === undefined) {
      throw new VlaPrunerError("config-invalid", {
        expected: `${path} with steps among ${Object.keys(STEPS).join(", ")}`,
        found: name,
        fix: "do that step outside of the model, and take it out of the file",
      });
    }
    const config = (step["config"] ?? {}) as CheckpointConfig;
    warnings.push(...checkFields(config, fields, `${path}, ${name}`));
    const stateFile = step["state_file"];
    return { name, config, stateFile: typeof stateFile === "string" ? stateFile : null };
  });
  return { steps, warnings };
}
