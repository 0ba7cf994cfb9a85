import { VlaPrunerError } from "@vla-pruner/format";
import type { CheckpointConfig, ModelRecipe, OpenCheckpoint } from "@vla-pruner/onnx/convert";

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
  { config, components, present }: Pick<OpenCheckpoint, "config" | "components" | "present">,
): ModelRecipe {
  // lerobot's configs have a `type` in place of a `model_type`.
  const [key, value] =
    config["model_type"] === undefined && config["type"] !== undefined
      ? ["type", config["type"]]
      : ["model_type", config["model_type"]];
  return (
    recipes.find((recipe) => recipe.matches(config, components, present)) ??
    unknown(
      `a config.json whose model_type is one of: ${architectures(recipes)}`,
      `${key} ${JSON.stringify(value ?? null)}`,
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
