import assert from "node:assert/strict";
import fc from "fast-check";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type { RecipeOptions } from "@vla-pruner/onnx/convert";
import { verifyGraph } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import { presetNamed, presetNames } from "../src/plugins/choose-recipe.ts";
import { loadRecipes } from "../src/plugins/load-recipes.ts";

const RECIPES = await loadRecipes();

const OPTIONS: readonly RecipeOptions[] = [{}, { pruneLayer: 1, tapLayers: "action", actionLayers: [0] }];

/** The graphs of a preset, which their recipe has built and so verified. */
function graphsOf(preset: string, floatType: FloatType, options: RecipeOptions): PlannedGraph[] {
  const named = presetNamed(RECIPES, preset);
  assert.ok(named);
  const { config, recipe } = named;
  const checkpoint = new SyntheticSource(recipe.tensors(config));
  const { sessions } = recipe.plan({ config, files: {}, checkpoint, floatType, options });
  return Object.values(sessions).map(({ graph }) => graph);
}

describe("the graphs of the shipped recipes", () => {
  for (const preset of presetNames(RECIPES).filter((name) => name.endsWith("-tiny"))) {
    for (const floatType of ["float32", "float16"] as const) {
      it(`${preset} in ${floatType} verify, and no longer with a node taken out that is read`, () => {
        for (const graph of OPTIONS.flatMap((options) => graphsOf(preset, floatType, options))) {
          verifyGraph(graph);
          const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
          const makers = graph.nodes.filter(({ outputs }) => outputs.some((name) => read.has(name)));
          fc.assert(
            fc.property(fc.constantFrom(...makers), (taken) => {
              const nodes = graph.nodes.filter((node) => node !== taken);
              assert.throws(() => verifyGraph({ ...graph, nodes }), {
                code: "graph-invalid",
                message: new RegExp(`graph ${graph.name}`, "u"),
              });
            }),
            { numRuns: 20 },
          );
        }
      });
    }
  }
});
