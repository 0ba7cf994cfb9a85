import { cutBlock, planCut, recordTensors } from "@vla-pruner/onnx/convert";
import type { ModelRecipe, SessionPlan, UnneededTensors } from "@vla-pruner/onnx/convert";
import { actGraph, prefillHeadGraph, visionGraph } from "./toy-graphs.ts";
import type { ToyPlan } from "./toy-graphs.ts";
import { TOY_CONFIG, TOY_FIELDS, toySizes } from "./toy-sizes.ts";
import type { ToyVla } from "./toy-vla.ts";

/** What checkpoints hold beside what the graphs read; any other tensor is refused. */
const UNNEEDED: readonly UnneededTensors[] = [
  { name: /^vision\.head\./u, because: "pools the patches for a classifier" },
  { name: /^decoder\.lm_head\.weight$/u, because: "actions come from the action head" },
];

/** How checkpoints become graphs. */
export const toyRecipe: ModelRecipe = {
  architecture: "toy-vla",
  presets: { toy: TOY_CONFIG },
  fields: TOY_FIELDS,
  matches: (config) => config["model_type"] === "toy-vla",
  sanitize: (name) => name.replace(/^model\./u, ""), // as some versions of the training code save it
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
      statistics: { from: "config.json", action: "−1 … 1 to low … high", state: null },
      image_size: sizes.imageSize,
      action: sizes.action,
      decoder: sizes.decoder,
      tower: sizes.tower,
    };
    const sessions = sessionsOf({ sizes, cut, checkpoint, floatType });
    return { vla: { ...vla }, sessions, unneeded: UNNEEDED };
  },
};

function sessionsOf(plan: ToyPlan): Readonly<Record<string, SessionPlan>> {
  return {
    vision_encoder: { graph: visionGraph(plan), deviceOutputs: ["image_features"] },
    prefill_head: { graph: prefillHeadGraph(plan), deviceOutputs: ["hidden_states"] },
    act: { graph: actGraph(plan) },
  };
}
