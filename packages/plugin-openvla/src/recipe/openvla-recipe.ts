import type { ConversionPlan, ModelRecipe, RecipeRequest } from "@vla-pruner/onnx";
import { actGraph } from "./act-graph.ts";
import { readImageProcessor } from "./image-processor-config.ts";
import { readSizes } from "./openvla-sizes.ts";
import type { OpenVlaVla } from "../openvla-vla.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { planCut } from "./recipe-options.ts";
import { PRESETS } from "./presets.ts";
import { syntheticTensors } from "./synthetic-tensors.ts";
import { visionGraph } from "./vision-graph.ts";

/** How checkpoints of openvla/openvla-7b and its fine-tunes become graphs. */
export const openvlaRecipe: ModelRecipe = {
  architecture: "openvla",
  presets: PRESETS,
  matches: (config) => config["model_type"] === "openvla",
  tensors: syntheticTensors,
  plan,
};

function plan({ config, files, checkpoint, floatType, options }: RecipeRequest): ConversionPlan {
  const sizes = readSizes(config, checkpoint);
  const cut = planCut(sizes.decoder.layers, options);
  const { layers, hidden, intermediate, vocabulary, heads, keyValueHeads, headSize, positions } = sizes.decoder;
  const vla: OpenVlaVla = {
    prune_layer: cut.pruneLayer,
    action_layers: cut.actionLayers,
    tapped_layers: cut.tappedLayers,
    views: 1,
    vision_tokens_per_view: sizes.visionTokens,
    // A fine-tune's own statistics stand beside its weights and replace those of the base model.
    norm_stats: (files["dataset_statistics.json"] ?? config["norm_stats"] ?? {}) as OpenVlaVla["norm_stats"],
    image_processor: readImageProcessor(config, files["preprocessor_config.json"], sizes.imageSize, sizes.towers.length),
    decoder: {
      layers,
      hidden,
      intermediate,
      vocabulary,
      heads,
      key_value_heads: keyValueHeads,
      head_size: headSize,
      positions,
      float_type: floatType,
    },
    towers: sizes.towers.map((tower) => ({
      layers: tower.blocks,
      hidden: tower.hidden,
      intermediate: tower.intermediate,
      tokens: tower.tokens + tower.prefixTokens.reduce((sum, { count }) => sum + count, 0),
    })),
    action_tokens: {
      bins: typeof config["n_action_bins"] === "number" ? config["n_action_bins"] : 256,
      vocabulary: vocabulary - (typeof config["pad_to_multiple_of"] === "number" ? config["pad_to_multiple_of"] : 64),
    },
  };
  const cached = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => [`present.${from + index}.key`, `present.${from + index}.value`]).flat();
  return {
    vla: { ...vla },
    sessions: {
      vision_encoder: { graph: visionGraph(sizes, checkpoint, floatType), deviceOutputs: ["image_features"] },
      prefill_head: {
        graph: prefillHeadGraph(sizes, cut, checkpoint, floatType),
        deviceOutputs: ["hidden_states", ...cached(0, cut.pruneLayer)],
      },
      act: { graph: actGraph(sizes, cut, checkpoint, floatType), deviceOutputs: cached(cut.pruneLayer, layers) },
    },
  };
}
