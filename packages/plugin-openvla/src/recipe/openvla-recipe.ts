import { cacheOutputs, cutBlock, decoderBlock } from "@vla-pruner/onnx/convert";
import type { ModelRecipe, SessionPlan } from "@vla-pruner/onnx/convert";
import {
  PRISMATIC_FILES,
  prismaticBlock,
  prismaticTensors,
  readSizes,
  visionGraph,
} from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import { actGraph } from "./act-graph.ts";
import type { OpenVlaVla } from "../openvla-vla.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { planOneView } from "./recipe-options.ts";
import { PRESETS } from "./presets.ts";

/** How checkpoints of openvla/openvla-7b and its fine-tunes become graphs. */
export const openvlaRecipe: ModelRecipe = {
  architecture: "openvla",
  files: PRISMATIC_FILES,
  presets: PRESETS,
  matches: (config) => config["model_type"] === "openvla",
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
    const vla: OpenVlaVla = {
      ...cutBlock(cut),
      views: 1,
      vision_tokens_per_view: sizes.visionTokens,
      norm_stats,
      image_processor,
      decoder: decoderBlock(sizes.decoder, floatType),
      ...block,
    };
    return { vla: { ...vla }, sessions: sessionsOf(plan) };
  },
};

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
