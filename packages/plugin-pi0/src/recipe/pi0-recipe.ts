import { cutBlock, decoderBlock, invalidConfig, planCut, recordTensors } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConversionPlan, ModelRecipe, RecipeRequest } from "@vla-pruner/onnx/convert";
import type { Convention, Pi0Vla } from "../pi0-vla.ts";
import { checkStatistics } from "./check-statistics.ts";
import { readNormalization, readNormStats, STATISTICS_FILES } from "./norm-stats.ts";
import { PI0_FIELDS } from "./pi0-fields.ts";
import { deviceSessions, oneRunSessions, sessionsOf } from "./pi0-sessions.ts";
import { readSizes } from "./pi0-sizes.ts";
import { pi0Name, pi0Unneeded, refuseOldLayouts } from "./pi0-tensors.ts";
import { readActionSize, readCameras, readRelative } from "./policy-features.ts";
import { PRESETS } from "./presets.ts";
import { POSTPROCESSOR, PREPROCESSOR, readSteps } from "./processors.ts";
import type { ProcessorStep } from "./processors.ts";
import { assumedVisionHeads } from "./head-counts.ts";
import { horizonWarnings, planHorizon, planPrompt, planSteps, planViews } from "./recipe-options.ts";
import { askForUnread, syntheticSizes } from "./synthetic-sizes.ts";

/** Prompt lengths that openpi pads to. */
const PROMPT_TOKENS = { pi0: 48, pi05: 200 };
const TYPES: readonly unknown[] = ["pi0", "pi05"];

/** How π0 and π0.5 checkpoints of openpi's PyTorch converter, or of lerobot, become graphs. */
export const pi0Recipe: ModelRecipe = {
  architecture: "pi0",
  files: STATISTICS_FILES,
  fields: PI0_FIELDS,
  presets: PRESETS,
  targets: ["cuda", "webgpu"],
  aheadTargets: ["cuda"],
  // openpi's configs have no type, but variants; π0-FAST has these too, and says what it is.
  matches: ({ type, model_type: modelType = type, paligemma_variant: variant }) =>
    TYPES.includes(modelType) || (modelType === undefined && variant !== undefined),
  sanitize: pi0Name,
  tensors: (config) =>
    recordTensors((checkpoint) => {
      const sizes = syntheticSizes(config);
      const cut = planCut(sizes.decoder.layers, {});
      sessionsOf({ sizes, cut, checkpoint, floatType: "float32" });
      askForUnread(sizes, checkpoint);
    }),
  plan,
};

function plan({ config, files, checkpoint, floatType, options }: RecipeRequest): ConversionPlan {
  refuseOldLayouts(checkpoint.names);
  const sizes = readSizes(config, checkpoint, planHorizon(config, options));
  const { decoder, expert, tower, pi05 } = sizes;
  const cut = planCut(decoder.layers, options);
  const variant = pi05 ? "pi05" : "pi0";
  const convention = conventionOf(config);
  const [before, after] = [readSteps(files, PREPROCESSOR), readSteps(files, POSTPROCESSOR)];
  const step = (name: string): ProcessorStep | undefined =>
    [...before.steps, ...after.steps].find((one) => one.name === name);
  const [normalizer, unnormalizer] = [step("normalizer_processor"), step("unnormalizer_processor")];
  const found = readNormStats(files, normalizer, unnormalizer);
  const { normStats, normalization, warnings } = checkStatistics(found, {
    normalization: readNormalization(config, pi05, normalizer, unnormalizer),
    convention,
    sizes: { state: sizes.stateSize, action: sizes.actionSize },
  });
  const robotSize = readActionSize(config) ?? statisticsSize(normStats);
  if (robotSize !== null) checkRobotSize(robotSize, normStats, sizes.actionSize);
  const [from, to] = [step("relative_actions_processor"), step("absolute_actions_processor")];
  const relative = readRelative(config, from, to, robotSize ?? sizes.actionSize);
  const cameras = readCameras(config, step("rename_observations_processor"));
  const slots = new Set(Object.values(cameras)).size;
  const stated = promptState(config, pi05);
  const steps = planSteps(config, options);
  const { target = "cpu" } = options;
  const vla: Pi0Vla = {
    variant,
    convention,
    ...cutBlock(cut),
    views: planViews(options, slots),
    vision_tokens_per_view: tower.tokens,
    image_size: sizes.imageSize,
    norm_stats: normStats,
    statistics: {
      from: found.from,
      action: `${normalization.action}, back to robot units${relative === null ? "" : ", then the state is added"}`,
      state: stated === false ? null : normalization.state,
    },
    normalization,
    ...(robotSize !== null && { robot_action_size: robotSize }),
    ...(relative !== null && { relative_actions: relative }),
    ...(stated !== undefined && { prompt_state: stated }),
    ...(slots > 0 && { cameras }),
    prompt_tokens: planPrompt(
      config,
      step("tokenizer_processor")?.config["max_length"],
      PROMPT_TOKENS[variant],
    ),
    horizon: sizes.horizon,
    action_size: sizes.actionSize,
    state_size: sizes.stateSize,
    steps,
    decoder: decoderBlock(decoder, floatType),
    expert: { hidden: expert.hidden, intermediate: expert.intermediate },
    tower: { layers: tower.layers, hidden: tower.hidden, intermediate: tower.intermediate },
    ...(target === "cuda" && { one_run: true }),
    ...(target === "webgpu" && { one_denoise: true }),
    ...(options.ahead === true && { ahead: true }),
  };
  const all = { sizes, cut, checkpoint, floatType, steps };
  return {
    vla: { ...vla },
    sessions: SESSIONS[target](all, options.ahead ?? false),
    unneeded: pi0Unneeded(sizes),
    warnings: [
      ...horizonWarnings(config, options),
      ...assumedVisionHeads(config, tower.hidden),
      ...before.warnings,
      ...after.warnings,
      ...found.warnings,
      ...warnings,
      ...loraWarnings(config),
    ],
  };
}

const SESSIONS = { cpu: sessionsOf, cuda: oneRunSessions, webgpu: deviceSessions } as const;

/** lerobot's configs carry a `type`, those of transformers 5 the parts' own configs; openpi's have neither. */
function conventionOf(config: CheckpointConfig): Convention {
  return TYPES.includes(config["type"]) || "vlm_config" in config ? "lerobot" : "openpi";
}

/** Numbers of an action by the statistics of one robot. */
function statisticsSize(normStats: Pi0Vla["norm_stats"]): number | null {
  const [only, ...others] = Object.values(normStats);
  const [list] = Object.values(only?.action ?? {});
  return others.length === 0 && Array.isArray(list) ? list.length : null;
}

/** The robot's actions must be as long as their statistics, and no longer than the model's. @throws `config-invalid` */
function checkRobotSize(size: number, normStats: Pi0Vla["norm_stats"], most: number): void {
  if (size > most) throw invalidConfig(`output_features.action of ${most} numbers at most`, String(size));
  const known = statisticsSize(normStats) ?? size;
  // Statistics of padded actions are as long as the model's.
  if (known !== size && known !== most)
    throw invalidConfig(`statistics of ${size} numbers, as output_features.action has`, String(known));
}

/** Whether π0.5 has its state in the prompt, where the config says otherwise than usual. @throws `config-invalid` */
function promptState(config: CheckpointConfig, pi05: boolean): boolean | undefined {
  const said = config["discrete_state_input"] ?? pi05;
  if (said === pi05) return undefined;
  if (pi05 && said === false) return false;
  throw invalidConfig("discrete_state_input false: π0 has a token for the state", JSON.stringify(said));
}

/** openpi's converter to PyTorch knows no LoRA, and leaves it out in silence. */
function loraWarnings(config: CheckpointConfig): string[] {
  return ["paligemma_variant", "action_expert_variant"].flatMap((key) =>
    String(config[key]).endsWith("_lora")
      ? [
          `config.json: ${key} is ${String(config[key])}: openpi's converter leaves the LoRA matrices out; without them merged before, these are the weights of before the fine-tuning`,
        ]
      : [],
  );
}
