import { VlaPrunerError } from "@vla-pruner/format";
import { openCheckpoint, readJson, SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ModelRecipe, OpenCheckpoint } from "@vla-pruner/onnx/convert";
import { presetNamed, presetNames, recipeNamed, recipeOf } from "../plugins/choose-recipe.ts";
import { loadRecipes } from "../plugins/load-recipes.ts";

/** Where `convert` takes the weights from. */
export interface SourceOptions {
  readonly synthetic?: string;
  readonly plugin?: readonly string[];
  readonly architecture?: string;
  readonly seed: number;
}

/** A checkpoint directory, or random weights, with the recipe for them. @throws `usage`, and what opening throws */
export async function openSource(
  checkpoint: string | undefined,
  options: SourceOptions,
): Promise<OpenCheckpoint & { recipe: ModelRecipe }> {
  if ((checkpoint === undefined) === (options.synthetic === undefined)) {
    throw new VlaPrunerError("usage", {
      expected: "a checkpoint directory, or --synthetic",
      found: checkpoint === undefined ? "neither" : "both",
      fix: "run vla-pruner convert <checkpoint-dir> --out <model-dir>",
    });
  }
  const recipes = await loadRecipes(options.plugin);
  const { architecture } = options;
  if (checkpoint !== undefined) {
    const opened = await openCheckpoint(checkpoint, recipes);
    try {
      return { ...opened, recipe: choose(recipes, opened, architecture) };
    } catch (error) {
      await opened.weights.close();
      throw error;
    }
  }
  const name = options.synthetic ?? "";
  const preset = presetNamed(recipes, name);
  const config = preset?.config ?? (await readSyntheticConfig(name, recipes));
  const nothing = { components: [], present: [], warnings: [] };
  const recipe = preset?.recipe ?? choose(recipes, { config, ...nothing }, architecture);
  const named = architecture === undefined ? recipe : recipeNamed(recipes, architecture);
  if (named !== recipe) throw otherPreset(name, recipe, named);
  const weights = new SyntheticSource(recipe.tensors(config), options.seed);
  return { config, files: {}, ...nothing, recipe, weights };
}

function choose(
  recipes: readonly ModelRecipe[],
  opened: Pick<OpenCheckpoint, "config" | "components" | "present">,
  name: string | undefined,
): ModelRecipe {
  return name === undefined ? recipeOf(recipes, opened) : recipeNamed(recipes, name);
}

function otherPreset(preset: string, its: ModelRecipe, named: ModelRecipe): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `--architecture ${its.architecture}, which ${preset} is a preset of`,
    found: named.architecture,
    fix: "leave --architecture out, or choose another preset",
  });
}

async function readSyntheticConfig(name: string, recipes: readonly ModelRecipe[]): Promise<CheckpointConfig> {
  if (name.endsWith(".json")) return readJson(name);
  throw new VlaPrunerError("invalid-option", {
    expected: `--synthetic with a preset (${presetNames(recipes).join(", ")}) or the path of a config.json`,
    found: name,
    fix: "choose one of these",
  });
}
