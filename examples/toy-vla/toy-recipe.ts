import { cutBlock, planCut, recordTensors } from "@vla-pruner/onnx/convert";
import type { ModelRecipe, SessionPlan } from "@vla-pruner/onnx/convert";
import { actGraph, prefillHeadGraph, visionGraph } from "./toy-graphs.ts";
import type { ToyPlan } from "./toy-graphs.ts";
import { TOY_CONFIG, toySizes } from "./toy-sizes.ts";
import type { ToyVla } from "./toy-vla.ts";

/** How checkpoints become graphs. */
export const toyRecipe: ModelRecipe = {
  architecture: "toy-vla",
  presets: { toy: TOY_CONFIG },
  matches: (config) => config["model_type"] === "toy-vla",
  tensors: (config) =>
    recordTensors((checkpoint) => {
      const sizes = toySizes(config);
      return sessionsOf({ sizes, cut: planCut(sizes.decoder.layers, {}), checkpoint, floatType: "float32" });
    }),
  plan: ({ config, checkpoint, floatType, options }) => {
    const sizes = toySizes(config);
    const cut = planCut(sizes.decoder.layers, options);
    const vla: ToyVla = {
      ...cutBlock(cut),
      views: 1,
      vision_tokens_per_view: sizes.tower.tokens,
      norm_stats: config["norm_stats"] as ToyVla["norm_stats"],
      image_size: sizes.imageSize,
      action: sizes.action,
      decoder: sizes.decoder,
      tower: sizes.tower,
    };
    return { vla: { ...vla }, sessions: sessionsOf({ sizes, cut, checkpoint, floatType }) };
  },
};

function sessionsOf(plan: ToyPlan): Readonly<Record<string, SessionPlan>> {
  return {
    vision_encoder: { graph: visionGraph(plan), deviceOutputs: ["image_features"] },
    prefill_head: { graph: prefillHeadGraph(plan), deviceOutputs: ["hidden_states"] },
    act: { graph: actGraph(plan) },
  };
}
