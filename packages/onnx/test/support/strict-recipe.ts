import { linear } from "../../src/blocks/linear.ts";
import { readFields } from "../../src/convert/config-fields.ts";
import type { ConversionPlan, ModelRecipe, RecipeRequest } from "../../src/convert/model-recipe.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import { recordTensors } from "../../src/synthetic/record-tensors.ts";

/** Two matrices, one after the other, and one that checkpoints have beside them. */
export const strictRecipe: ModelRecipe = {
  architecture: "strict",
  presets: {},
  fields: readFields("model_type", "size"),
  matches: (config) => config["model_type"] === "strict",
  tensors: (config) =>
    recordTensors((checkpoint) => {
      plan({ config, files: {}, checkpoint, floatType: "float32", options: {} });
      new GraphBuilder("unread", checkpoint, "float32").expectTensor("unused.weight", [2]);
    }),
  plan,
};

function plan({ config, checkpoint, floatType }: RecipeRequest): ConversionPlan {
  const size = Number(config["size"]);
  const graph = new GraphBuilder("only", checkpoint, floatType);
  let x = graph.input("x", floatType, [1, size]);
  for (const name of ["first", "second"])
    x = linear(graph, x, { weights: [`${name}.weight`], input: size, outputs: [size] });
  graph.output(x, "y", floatType, [1, size]);
  return {
    vla: {
      prune_layer: 1,
      action_layers: [1],
      tapped_layers: [1],
      views: 1,
      vision_tokens_per_view: 4,
      norm_stats: {},
    },
    sessions: { only: { graph: graph.build() } },
    unneeded: [{ name: /^unused\.weight$/u, because: "nothing depends on it" }],
  };
}
