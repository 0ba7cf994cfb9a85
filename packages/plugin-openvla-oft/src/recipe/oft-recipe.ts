import { planCut } from "@vla-pruner/onnx/convert";
import type { ConversionPlan, ModelRecipe, RecipeRequest } from "@vla-pruner/onnx/convert";
import {
  PRISMATIC_FILES,
  readEmptyToken,
  readImageProcessor,
  readNormStats,
  readSizes,
  visionGraph,
} from "@vla-pruner/prismatic/convert";
import type { OftVla } from "../oft-vla.ts";
import { actGraph } from "./act-graph.ts";
import { planActions } from "./action-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { filmModulation, languageGraph } from "./film-graph.ts";
import { FilmSource, hasFilm } from "./film-source.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { PRESETS } from "./presets.ts";
import { planNormalization, planViews } from "./recipe-options.ts";
import { syntheticOftTensors } from "./synthetic-tensors.ts";

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
  tensors: syntheticOftTensors,
  plan,
};

function plan({ config, files, checkpoint: given, floatType, options }: RecipeRequest): ConversionPlan {
  const film = hasFilm(given);
  const checkpoint = film ? new FilmSource(given) : given;
  const normStats = readNormStats({ files, config });
  const actions = planActions(config, checkpoint, options, actionSizeOf(normStats));
  const sizes = readSizes(config, checkpoint);
  const cut = planCut(sizes.decoder.layers, options);
  const oft: OftPlan = { ...actions, sizes, cut, views: planViews(config, options) };
  const processor = files["preprocessor_config.json"];
  const vla: OftVla = {
    prune_layer: cut.pruneLayer,
    action_layers: cut.actionLayers,
    tapped_layers: cut.tappedLayers,
    views: oft.views,
    vision_tokens_per_view: sizes.visionTokens,
    norm_stats: normStats,
    normalization: planNormalization(config, actions.actionSize),
    image_processor: readImageProcessor(config, processor, sizes.imageSize, sizes.towers.length),
    action_head: actions.head,
    chunk: actions.chunk,
    action_size: actions.actionSize,
    state_size: actions.stateSize,
    film,
    steps: actions.steps,
    action_tokens: {
      bins: numberOf(config["n_action_bins"], 256),
      vocabulary: sizes.decoder.vocabulary - numberOf(config["pad_to_multiple_of"], 64),
    },
    empty_token_id: readEmptyToken(config, sizes.decoder.vocabulary),
    decoder: { ...decoderOf(oft), float_type: floatType },
    towers: towersOf(oft),
  };
  return {
    vla: { ...vla },
    weights: checkpoint,
    sessions: {
      ...(film && {
        language_embedding: { graph: languageGraph(sizes, checkpoint, floatType), deviceOutputs: [] },
      }),
      vision_encoder: {
        graph: visionGraph(sizes, checkpoint, floatType, oft.views, film ? filmModulation(sizes) : undefined),
        deviceOutputs: ["image_features"],
      },
      prefill_head: { graph: prefillHeadGraph(oft, checkpoint, floatType), deviceOutputs: ["hidden_states"] },
      act: { graph: actGraph(oft, checkpoint, floatType), deviceOutputs: [] },
    },
  };
}

function decoderOf({ sizes }: OftPlan): Omit<OftVla["decoder"], "float_type"> {
  const { layers, hidden, intermediate, vocabulary, positions } = sizes.decoder;
  return { layers, hidden, intermediate, vocabulary, positions };
}

/** Every view goes through every tower. */
function towersOf({ sizes, views }: OftPlan): OftVla["towers"] {
  const towers = sizes.towers.map(({ blocks: layers, hidden, intermediate, tokens, prefixTokens }) => {
    const prefix = prefixTokens.reduce((sum, { count }) => sum + count, 0);
    return { layers, hidden, intermediate, tokens: tokens + prefix };
  });
  return Array.from({ length: views }, () => towers).flat();
}

function actionSizeOf(normStats: OftVla["norm_stats"]): number {
  const lists = Object.values(normStats).map(({ action }) => action["q01"] ?? action["min"]);
  const known = lists.find((list) => Array.isArray(list));
  return Array.isArray(known) ? known.length : 0;
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
