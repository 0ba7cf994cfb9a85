import { cutBlock, planCut } from "@vla-pruner/onnx/convert";
import type { ConversionPlan, ModelRecipe, RecipeRequest, SessionPlan } from "@vla-pruner/onnx/convert";
import {
  PRISMATIC_FILES,
  prismaticBlock,
  prismaticTensors,
  readSizes,
  visionGraph,
} from "@vla-pruner/prismatic/convert";
import type { OftVla } from "../oft-vla.ts";
import { actGraph } from "./act-graph.ts";
import { planActions, syntheticActions } from "./action-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { filmModulation, languageGraph } from "./film-graph.ts";
import { FilmSource, hasFilm } from "./film-source.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { PRESETS } from "./presets.ts";
import { planNormalization, planViews } from "./recipe-options.ts";

/** Files that training scripts save beside the base model: `action_head--100000_checkpoint.pt`. */
const COMPONENTS = {
  action_head: /^action_head--.*\.(pt|safetensors)$/u,
  noisy_action_projector: /^noisy_action_projector--.*\.(pt|safetensors)$/u,
  proprio_projector: /^proprio_projector--.*\.(pt|safetensors)$/u,
  vision_backbone: /^vision_backbone--.*\.(pt|safetensors)$/u,
};

/** How checkpoints of moojink/openvla-oft become graphs: the base model, and component files beside it. */
export const openvlaOftRecipe: ModelRecipe = {
  architecture: "openvla-oft",
  files: { ...PRISMATIC_FILES, components: COMPONENTS },
  presets: PRESETS,
  matches: (config, components = []) =>
    config["model_type"] === "openvla" &&
    (components.includes("action_head") || config["action_head"] !== undefined),
  tensors: (config) =>
    prismaticTensors(config, (sizes, checkpoint) => {
      const cut = planCut(sizes.decoder.layers, {});
      const parts = { sizes, cut, views: 1, film: false, checkpoint, floatType: "float32" } as const;
      return sessionsOf({ ...parts, ...syntheticActions(config) });
    }),
  plan,
};

function plan({ config, files, checkpoint: given, floatType, options }: RecipeRequest): ConversionPlan {
  const film = hasFilm(given);
  const checkpoint = film ? new FilmSource(given) : given;
  const sizes = readSizes(config, checkpoint);
  const cut = planCut(sizes.decoder.layers, options);
  const views = planViews(config, options);
  const { norm_stats, image_processor, towers, ...block } = prismaticBlock(
    { config, files },
    { sizes, views },
  );
  const actions = planActions(config, checkpoint, options, actionSizeOf(norm_stats));
  const { layers, hidden, intermediate, vocabulary, positions } = sizes.decoder;
  const vla: OftVla = {
    ...cutBlock(cut),
    views,
    vision_tokens_per_view: sizes.visionTokens,
    norm_stats,
    normalization: planNormalization(config, actions.actionSize),
    image_processor,
    action_head: actions.head,
    chunk: actions.chunk,
    action_size: actions.actionSize,
    state_size: actions.stateSize,
    film,
    steps: actions.steps,
    ...block,
    decoder: { layers, hidden, intermediate, vocabulary, positions, float_type: floatType },
    towers,
  };
  const sessions = sessionsOf({ ...actions, sizes, cut, views, film, checkpoint, floatType });
  return { vla: { ...vla }, weights: checkpoint, sessions };
}

function sessionsOf(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  const modulation = all.film ? filmModulation(all.sizes) : undefined;
  return {
    ...(all.film && { language_embedding: { graph: languageGraph(all) } }),
    vision_encoder: { graph: visionGraph(all, modulation), deviceOutputs: ["image_features"] },
    prefill_head: { graph: prefillHeadGraph(all), deviceOutputs: ["hidden_states"] },
    act: { graph: actGraph(all) },
  };
}

function actionSizeOf(normStats: OftVla["norm_stats"]): number {
  const lists = Object.values(normStats).map(({ action }) => action["q01"] ?? action["min"]);
  const known = lists.find((list) => Array.isArray(list));
  return Array.isArray(known) ? known.length : 0;
}
