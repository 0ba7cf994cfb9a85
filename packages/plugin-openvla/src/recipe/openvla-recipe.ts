import type { ConversionPlan, ModelRecipe, RecipeRequest } from "@vla-pruner/onnx/convert";
import {
  PRISMATIC_FILES,
  readEmptyToken,
  readImageProcessor,
  readNormStats,
  readSizes,
  syntheticTensors,
  visionGraph,
} from "@vla-pruner/prismatic/convert";
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
  tensors: syntheticTensors,
  plan,
};

function plan({ config, files, checkpoint, floatType, options }: RecipeRequest): ConversionPlan {
  const sizes = readSizes(config, checkpoint);
  const cut = planOneView(sizes.decoder.layers, options);
  const { layers, hidden, intermediate, vocabulary, heads, keyValueHeads, headSize, positions } =
    sizes.decoder;
  const vla: OpenVlaVla = {
    prune_layer: cut.pruneLayer,
    action_layers: cut.actionLayers,
    tapped_layers: cut.tappedLayers,
    views: 1,
    vision_tokens_per_view: sizes.visionTokens,
    norm_stats: readNormStats({ files, config }),
    image_processor: readImageProcessor(
      config,
      files["preprocessor_config.json"],
      sizes.imageSize,
      sizes.towers.length,
    ),
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
      vocabulary:
        vocabulary - (typeof config["pad_to_multiple_of"] === "number" ? config["pad_to_multiple_of"] : 64),
    },
    empty_token_id: readEmptyToken(config, vocabulary),
  };
  return {
    vla: { ...vla },
    sessions: {
      vision_encoder: { graph: visionGraph(sizes, checkpoint, floatType), deviceOutputs: ["image_features"] },
      prefill_head: {
        graph: prefillHeadGraph(sizes, cut, checkpoint, floatType),
        deviceOutputs: ["hidden_states", ...cached(0, cut.pruneLayer)],
      },
      act: {
        graph: actGraph(sizes, cut, checkpoint, floatType),
        deviceOutputs: cached(cut.pruneLayer, layers),
      },
    },
  };
}

/** Cache outputs of some layers. */
function cached(from: number, to: number): string[] {
  const layers = Array.from({ length: to - from }, (_, index) => from + index);
  return layers.flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]);
}
