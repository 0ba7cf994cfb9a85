import { planCut } from "@vla-pruner/onnx/convert";
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
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { PRESETS } from "./presets.ts";
import { planHorizon, planSteps, planViews } from "./recipe-options.ts";
import { syntheticTensors } from "./synthetic-tensors.ts";
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
  tensors: syntheticTensors,
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
    prune_layer: cut.pruneLayer,
    action_layers: cut.actionLayers,
    tapped_layers: cut.tappedLayers,
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
    decoder: {
      layers: decoder.layers,
      hidden: decoder.hidden,
      intermediate: decoder.intermediate,
      vocabulary: decoder.vocabulary,
      heads: decoder.heads,
      key_value_heads: decoder.keyValueHeads,
      head_size: decoder.headSize,
      positions: decoder.positions,
      float_type: floatType,
    },
    expert: { hidden: expert.hidden, intermediate: expert.intermediate },
    tower: { layers: tower.layers, hidden: tower.hidden, intermediate: tower.intermediate },
  };
  const sessions: Record<string, SessionPlan> = {
    vision_encoder: { graph: visionGraph(sizes, checkpoint, floatType), deviceOutputs: ["image_features"] },
    prefill_head: {
      graph: prefillHeadGraph(sizes, cut.pruneLayer, checkpoint, floatType),
      deviceOutputs: ["hidden_states", ...presentNames(0, cut.pruneLayer)],
    },
    act: {
      graph: actGraph(sizes, cut.pruneLayer, checkpoint, floatType),
      deviceOutputs: presentNames(cut.pruneLayer, decoder.layers),
    },
    denoise: { graph: denoiseGraph(sizes, cut, checkpoint, floatType), deviceOutputs: [] },
  };
  if (pi05)
    sessions["time_modulation"] = { graph: modulationGraph(sizes, checkpoint, floatType), deviceOutputs: [] };
  return { vla: { ...vla }, sessions };
}

function presentNames(from: number, to: number): string[] {
  const layers = Array.from({ length: to - from }, (_, index) => from + index);
  return layers.flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]);
}

/** lerobot's configs carry a `type`; openpi's do not. */
function conventionOf(config: CheckpointConfig): Convention {
  return TYPES.includes(config["type"]) ? "lerobot" : "openpi";
}
