import { VlaPrunerError } from "@vla-pruner/format";
import type { CheckpointConfig, ModelRecipe } from "@vla-pruner/onnx/convert";

/** @throws `unknown-architecture` */
export function recipeNamed(recipes: readonly ModelRecipe[], name: string): ModelRecipe {
  const found = recipes.find(({ architecture }) => architecture === name);
  return found ?? unknown(`an architecture: ${architectures(recipes)}`, name);
}

/**
 * The recipe of a checkpoint, by its `config.json` and the component files beside its weights: the first that matches.
 *
 * @throws `unknown-architecture`
 */
export function recipeOf(
  recipes: readonly ModelRecipe[],
  config: CheckpointConfig,
  components: readonly string[],
): ModelRecipe {
  return (
    recipes.find((recipe) => recipe.matches(config, components)) ??
    unknown(
      `a config.json whose model_type is one of: ${architectures(recipes)}`,
      `model_type ${JSON.stringify(config["model_type"] ?? null)}`,
    )
  );
}

/** A named config for synthetic weights. */
export function presetNamed(
  recipes: readonly ModelRecipe[],
  name: string,
): { recipe: ModelRecipe; config: CheckpointConfig } | undefined {
  for (const recipe of recipes) {
    const config = Object.hasOwn(recipe.presets, name) ? recipe.presets[name] : undefined;
    if (config !== undefined) return { recipe, config };
  }
  return undefined;
}

/** Names of all presets. */
export function presetNames(recipes: readonly ModelRecipe[]): string[] {
  return recipes.flatMap(({ presets }) => Object.keys(presets));
}

function architectures(recipes: readonly ModelRecipe[]): string {
  return recipes.map(({ architecture }) => architecture).join(", ");
}

function unknown(expected: string, found: string): never {
  throw new VlaPrunerError("unknown-architecture", {
    expected,
    found,
    fix: "pass --architecture, or the plugin for this one with --plugin MODULE",
  });
}
