import { cacheOutputs, cutBlock, decoderBlock } from "@vla-pruner/onnx/convert";
import type { ModelRecipe, SessionPlan } from "@vla-pruner/onnx/convert";
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
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import { actGraph } from "./act-graph.ts";
import { OPENVLA_FIELDS } from "./openvla-fields.ts";
import type { OpenVlaVla } from "../openvla-vla.ts";
import { oneRunActGraph } from "./one-run/act-graph.ts";
import { handedOver, scoringHeadGraph } from "./one-run/head-graph.ts";
import type { OneRunPlan } from "./one-run/one-run-plan.ts";
import { planOneRun } from "./one-run/plan-one-run.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { planOneView } from "./recipe-options.ts";
import { PRESETS } from "./presets.ts";

/** How checkpoints of openvla/openvla-7b and its fine-tunes become graphs. */
export const openvlaRecipe: ModelRecipe = {
  architecture: "openvla",
  files: PRISMATIC_FILES,
  fields: OPENVLA_FIELDS,
  presets: PRESETS,
  targets: ["cuda", "webgpu"],
  aheadTargets: ["cuda"],
  matches: (config) => config["model_type"] === "openvla",
  sanitize: prismaticName,
  tensors: (config) =>
    prismaticTensors(config, (sizes, checkpoint) => {
      const cut = planOneView(sizes.decoder.layers, {});
      return sessionsOf({ sizes, cut, views: 1, checkpoint, floatType: "float32" });
    }),
  plan: ({ config, files, checkpoint, floatType, options }) => {
    const sizes = readSizes(config, checkpoint);
    const cut = planOneView(sizes.decoder.layers, options);
    const plan = { sizes, cut, views: 1, checkpoint, floatType };
    const { norm_stats, image_processor, ...block } = prismaticBlock({ config, files }, plan);
    const from = statisticsFile(files);
    const odd = checkStatistics(norm_stats, [ACTION], from);
    const vla: OpenVlaVla = {
      ...cutBlock(cut),
      views: 1,
      vision_tokens_per_view: sizes.visionTokens,
      norm_stats,
      statistics: { from, action: "−1 … 1 to q01 … q99", state: null },
      image_processor,
      decoder: decoderBlock(sizes.decoder, floatType),
      ...block,
    };
    const checked = {
      unneeded: prismaticUnneeded(sizes, true),
      warnings: [
        ...assumedHeads(config, sizes.decoder.hidden),
        ...prismaticWarnings({ config, files }),
        ...odd,
      ],
    };
    const { target = "cpu" } = options;
    if (target === "cpu") return { vla: { ...vla }, sessions: sessionsOf(plan), ...checked };
    const oneRun = planOneRun(plan, target, norm_stats, options.ahead === true);
    const { actions } = oneRun;
    return {
      vla: {
        ...vla,
        one_run: {
          actions,
          ...(oneRun.ahead && { ahead: true }),
          ...(target === "webgpu" && { handed_over: handedOver(oneRun) }),
        },
      },
      sessions: oneRunSessions(oneRun),
      ...checked,
    };
  },
};

/** Actions are as long as their statistics. */
const ACTION = { part: "action", keys: ["q01", "q99"], size: null, masked: true } as const;

/** A whole step in one run of `act`: nothing but the scores comes to the host before it. */
function oneRunSessions(plan: OneRunPlan): Readonly<Record<string, SessionPlan>> {
  if (plan.ahead) return { step: { graph: oneRunActGraph(plan) } };
  const stays = plan.target === "webgpu";
  return {
    vision_encoder: { graph: visionGraph(plan), deviceOutputs: ["image_features"] },
    prefill_head: { graph: scoringHeadGraph(plan), ...(stays && { deviceOutputs: handedOver(plan) }) },
    act: { graph: oneRunActGraph(plan) },
  };
}

function sessionsOf(plan: PrismaticPlan): Readonly<Record<string, SessionPlan>> {
  const { cut, sizes } = plan;
  return {
    vision_encoder: { graph: visionGraph(plan), deviceOutputs: ["image_features"] },
    prefill_head: {
      graph: prefillHeadGraph(plan),
      deviceOutputs: ["hidden_states", ...cacheOutputs(0, cut.pruneLayer)],
    },
    act: {
      graph: actGraph(plan),
      deviceOutputs: cacheOutputs(cut.pruneLayer, sizes.decoder.layers),
    },
  };
}
