import { planCut } from "@vla-pruner/onnx/convert";
import type { ConversionPlan, ModelRecipe, RecipeRequest } from "@vla-pruner/onnx/convert";
import { actGraph, prefillHeadGraph, visionGraph } from "./toy-graphs.ts";
import type { ToyPlan } from "./toy-graphs.ts";
import { TOY_CONFIG, toySizes } from "./toy-sizes.ts";
import { toyTensors } from "./toy-tensors.ts";
import type { ToyVla } from "./toy-vla.ts";

/** How toy checkpoints become graphs. */
export const toyRecipe: ModelRecipe = {
  architecture: "toy-vla",
  presets: { toy: TOY_CONFIG },
  matches: (config) => config["model_type"] === "toy-vla",
  tensors: toyTensors,
  plan,
};

function plan({ config, checkpoint, floatType, options }: RecipeRequest): ConversionPlan {
  const sizes = toySizes(config);
  const { layers, hidden, intermediate, vocabulary } = sizes.decoder;
  const cut = planCut(layers, options);
  const parts: ToyPlan = { sizes, cut, checkpoint, floatType };
  const vla: ToyVla = {
    prune_layer: cut.pruneLayer,
    action_layers: cut.actionLayers,
    tapped_layers: cut.tappedLayers,
    views: 1,
    vision_tokens_per_view: sizes.tower.tokens,
    norm_stats: config["norm_stats"] as ToyVla["norm_stats"],
    image_size: sizes.imageSize,
    action: [sizes.chunk, sizes.action],
    decoder: { layers, hidden, intermediate, vocabulary },
    tower: {
      layers: sizes.tower.layers,
      hidden: sizes.tower.hidden,
      intermediate: sizes.tower.intermediate,
      tokens: sizes.tower.tokens,
    },
  };
  return {
    vla: { ...vla },
    sessions: {
      vision_encoder: { graph: visionGraph(parts), deviceOutputs: ["image_features"] },
      prefill_head: { graph: prefillHeadGraph(parts), deviceOutputs: ["hidden_states"] },
      act: { graph: actGraph(parts), deviceOutputs: [] },
    },
  };
}
