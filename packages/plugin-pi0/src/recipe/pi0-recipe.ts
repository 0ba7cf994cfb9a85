import { cacheOutputs, cutBlock, decoderBlock, planCut, recordTensors } from "@vla-pruner/onnx/convert";
import type {
  CheckpointConfig,
  ConversionPlan,
  ModelRecipe,
  RecipeRequest,
  SessionPlan,
} from "@vla-pruner/onnx/convert";
import type { Convention, Pi0Vla } from "../pi0-vla.ts";
import { actGraph } from "./act-graph.ts";
import { denoiseGraph } from "./denoise-graph.ts";
import { modulationGraph } from "./modulation-graph.ts";
import { readNormalization, readNormStats, STATISTICS_FILES } from "./norm-stats.ts";
import { readSizes } from "./pi0-sizes.ts";
import type { Pi0Plan } from "./pi0-sizes.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { PRESETS } from "./presets.ts";
import { planHorizon, planSteps, planViews } from "./recipe-options.ts";
import { askForUnread, syntheticSizes } from "./synthetic-sizes.ts";
import { visionGraph } from "./vision-graph.ts";

/** Prompt lengths that openpi pads to. */
const PROMPT_TOKENS = { pi0: 48, pi05: 200 };
const TYPES: readonly unknown[] = ["pi0", "pi05"];

/** How π0 and π0.5 checkpoints of openpi's PyTorch converter, or of lerobot, become graphs. */
export const pi0Recipe: ModelRecipe = {
  architecture: "pi0",
  files: STATISTICS_FILES,
  presets: PRESETS,
  matches: (config) =>
    "paligemma_variant" in config || TYPES.includes(config["model_type"]) || TYPES.includes(config["type"]),
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
  const sizes = readSizes(config, checkpoint, planHorizon(config, options));
  const { decoder, expert, tower, pi05 } = sizes;
  const cut = planCut(decoder.layers, options);
  const variant = pi05 ? "pi05" : "pi0";
  const convention = conventionOf(config);
  const vla: Pi0Vla = {
    variant,
    convention,
    ...cutBlock(cut),
    views: planViews(options),
    vision_tokens_per_view: tower.tokens,
    image_size: sizes.imageSize,
    norm_stats: readNormStats(files),
    normalization: readNormalization(config, convention, pi05),
    prompt_tokens: PROMPT_TOKENS[variant],
    horizon: sizes.horizon,
    action_size: sizes.actionSize,
    state_size: sizes.stateSize,
    steps: planSteps(config, options),
    decoder: decoderBlock(decoder, floatType),
    expert: { hidden: expert.hidden, intermediate: expert.intermediate },
    tower: { layers: tower.layers, hidden: tower.hidden, intermediate: tower.intermediate },
  };
  return { vla: { ...vla }, sessions: sessionsOf({ sizes, cut, checkpoint, floatType }) };
}

function sessionsOf(all: Pi0Plan): Readonly<Record<string, SessionPlan>> {
  const { pruneLayer } = all.cut;
  const { decoder, pi05 } = all.sizes;
  return {
    vision_encoder: { graph: visionGraph(all), deviceOutputs: ["image_features"] },
    prefill_head: {
      graph: prefillHeadGraph(all),
      deviceOutputs: ["hidden_states", ...cacheOutputs(0, pruneLayer)],
    },
    act: { graph: actGraph(all), deviceOutputs: cacheOutputs(pruneLayer, decoder.layers) },
    denoise: { graph: denoiseGraph(all) },
    ...(pi05 && { time_modulation: { graph: modulationGraph(all) } }),
  };
}

/** lerobot's configs carry a `type`; openpi's do not. */
function conventionOf(config: CheckpointConfig): Convention {
  return TYPES.includes(config["type"]) ? "lerobot" : "openpi";
}
