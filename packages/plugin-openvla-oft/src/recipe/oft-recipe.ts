import { cutBlock, planCut } from "@vla-pruner/onnx/convert";
import type { ConversionPlan, ModelRecipe, RecipeRequest, SessionPlan } from "@vla-pruner/onnx/convert";
import {
  checkStatistics,
  PRISMATIC_FILES,
  prismaticBlock,
  prismaticName,
  prismaticTensors,
  prismaticUnneeded,
  assumedHeads,
  prismaticWarnings,
  readSizes,
  statisticsFile,
  visionGraph,
} from "@vla-pruner/prismatic/convert";
import type { CheckedPart } from "@vla-pruner/prismatic/convert";
import type { OftVla } from "../oft-vla.ts";
import { actGraph } from "./act-graph.ts";
import { planActions, syntheticActions } from "./action-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { filmModulation, languageGraph } from "./film-graph.ts";
import { FilmSource, hasFilm } from "./film-source.ts";
import { checkFilm, checkHead, namesOft, OFT_FIELDS } from "./oft-fields.ts";
import { oneRunActGraph } from "./one-run/act-graph.ts";
import { scoringHeadGraph } from "./one-run/head-graph.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { fusedActGraph } from "./fused/act-graph.ts";
import { fusedHeadGraph } from "./fused/head-graph.ts";
import { PRESETS } from "./presets.ts";
import { planAhead, planNormalization, planViews } from "./recipe-options.ts";

/** Files that training scripts save beside the base model: `action_head--100000_checkpoint.pt`. */
const COMPONENTS = {
  action_head: /^action_head--.*\.(pt|safetensors)$/u,
  noisy_action_projector: /^noisy_action_projector--.*\.(pt|safetensors)$/u,
  proprio_projector: /^proprio_projector--.*\.(pt|safetensors)$/u,
  vision_backbone: /^vision_backbone--.*\.(pt|safetensors)$/u,
};

/** What training leaves of the adapter beside the merged model. */
const ADAPTER = { below: "lora_adapter", name: /^adapter_config\.json$/u };

/** How checkpoints of moojink/openvla-oft become graphs: the base model, and component files beside it. */
export const openvlaOftRecipe: ModelRecipe = {
  architecture: "openvla-oft",
  files: { ...PRISMATIC_FILES, json: [...(PRISMATIC_FILES.json ?? []), ADAPTER], components: COMPONENTS },
  fields: OFT_FIELDS,
  mergesAdapters: /^vision_backbone\.vision_backbone\./u,
  presets: PRESETS,
  targets: ["cuda", "webgpu"],
  aheadTargets: ["cuda"],
  matches: (config, components = [], present = []) =>
    config["model_type"] === "openvla" &&
    (Object.keys(COMPONENTS).some((name) => components.includes(name)) ||
      present.includes("lora_adapter") ||
      namesOft(config)),
  sanitize: prismaticName,
  tensors: (config) =>
    prismaticTensors(config, (sizes, checkpoint) => {
      const cut = planCut(sizes.decoder.layers, {});
      const parts = { sizes, cut, views: 1, film: false, ahead: false, target: "cpu", checkpoint } as const;
      return sessionsOf({ ...parts, floatType: "float32", ...syntheticActions(config) });
    }),
  plan,
};

function plan({ config, files, checkpoint: given, floatType, options }: RecipeRequest): ConversionPlan {
  const film = hasFilm(given);
  checkFilm(config, film);
  const checkpoint = film ? new FilmSource(given, files["lora_adapter/adapter_config.json"]) : given;
  const sizes = readSizes(config, checkpoint);
  const cut = planCut(sizes.decoder.layers, options);
  const views = planViews(config, options);
  const { norm_stats, image_processor, towers, ...block } = prismaticBlock(
    { config, files },
    { sizes, views },
  );
  const actions = planActions(config, checkpoint, options, actionSizeOf(norm_stats));
  checkHead(config, actions);
  const ahead = planAhead(options, { film, head: actions.head });
  const normalization = planNormalization(config, actions.actionSize);
  const { keys, note } = BOUNDS[normalization];
  const from = statisticsFile(files);
  const parts: CheckedPart[] = [{ part: "action", keys, size: actions.actionSize, masked: true }];
  if (actions.stateSize > 0) parts.push({ part: "proprio", keys, size: actions.stateSize, masked: false });
  const odd = checkStatistics(norm_stats, parts, from);
  const { layers, hidden, intermediate, vocabulary, positions } = sizes.decoder;
  const vla: OftVla = {
    ...cutBlock(cut),
    views,
    vision_tokens_per_view: sizes.visionTokens,
    norm_stats,
    statistics: {
      from,
      action: `−1 … 1 to ${note}`,
      state: actions.stateSize > 0 ? `${note} to −1 … 1, clipped` : null,
    },
    normalization,
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
    ...(options.target === "cuda" && (ahead || actions.head === "diffusion") && { one_run: true }),
    ...(ahead && { ahead }),
  };
  const { target = "cpu" } = options;
  const all = { ...actions, sizes, cut, views, film, ahead, target, checkpoint, floatType };
  const sessions = SESSIONS[target](all);
  return {
    vla: { ...vla },
    weights: checkpoint,
    sessions,
    unneeded: prismaticUnneeded(sizes, actions.head === "discrete"),
    warnings: [
      ...assumedHeads(config, sizes.decoder.hidden),
      ...prismaticWarnings({ config, files }),
      ...odd,
    ],
  };
}

/** Lists that −1 and 1 stand for. */
const BOUNDS = {
  bounds: { keys: ["min", "max"], note: "min … max" },
  bounds_q99: { keys: ["q01", "q99"], note: "q01 … q99" },
} as const;

/** For CUDA a whole call in one run where tokens are chosen ahead. */
function cudaSessions(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  if (all.ahead) return { step: { graph: oneRunActGraph(all) } };
  return all.head === "diffusion" ? oneRunSessions(all) : fusedSessions(all);
}

/** All layers in one run of `act`, as a diffusion head goes through them again and again. */
function oneRunSessions(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  return {
    ...visionSessions(all),
    prefill_head: { graph: scoringHeadGraph(all) },
    act: { graph: oneRunActGraph(all) },
  };
}

function visionSessions(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  const modulation = all.film ? filmModulation(all.sizes) : undefined;
  return {
    ...(all.film && { language_embedding: { graph: languageGraph(all) } }),
    vision_encoder: { graph: visionGraph(all, modulation), deviceOutputs: ["image_features"] },
  };
}

function sessionsOf(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  return {
    ...visionSessions(all),
    prefill_head: { graph: prefillHeadGraph(all), deviceOutputs: ["hidden_states"] },
    act: { graph: actGraph(all) },
  };
}

/** The same stages as on a processor: what the head gives stays on the device. */
function fusedSessions(all: OftPlan): Readonly<Record<string, SessionPlan>> {
  return {
    ...visionSessions(all),
    prefill_head: { graph: fusedHeadGraph(all), deviceOutputs: ["hidden_states"] },
    act: { graph: fusedActGraph(all) },
  };
}

const SESSIONS = { cpu: sessionsOf, cuda: cudaSessions, webgpu: fusedSessions } as const;

function actionSizeOf(normStats: OftVla["norm_stats"]): number {
  const lists = Object.values(normStats).map(({ action }) => action["q01"] ?? action["min"]);
  const known = lists.find((list) => Array.isArray(list));
  return Array.isArray(known) ? known.length : 0;
}
