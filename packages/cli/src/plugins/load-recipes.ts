import { isObject, isText, VlaPrunerError } from "@vla-pruner/format";
import type { ModelRecipe } from "@vla-pruner/onnx/convert";
import { pluginModules } from "./plugin-modules.ts";
import type { PluginModule } from "./plugin-modules.ts";

/**
 * The recipes to choose from, those of the plugins that the user names first.
 *
 * @param given modules, as with `--plugin`
 * @throws `plugin-invalid` for a module that gives none
 */
export async function loadRecipes(given?: readonly string[]): Promise<ModelRecipe[]> {
  return Promise.all(pluginModules(given).map(loadRecipe));
}

async function loadRecipe({ name, main, convert }: PluginModule): Promise<ModelRecipe> {
  const own = await convert();
  const module = own !== null && Object.hasOwn(own, "recipe") ? own : await main();
  const recipe = Object.hasOwn(module, "recipe") ? module["recipe"] : undefined;
  if (isRecipe(recipe)) return recipe;
  const { foundIn } = await import("@vla-pruner/core/modules");
  throw new VlaPrunerError("plugin-invalid", {
    expected: `${name}, or ${name}/convert, to export recipe: a ModelRecipe`,
    found: foundIn(module, "recipe"),
    fix: "export it, or pass another --plugin",
  });
}

function isRecipe(value: unknown): value is ModelRecipe {
  if (!isObject(value)) return false;
  const methods = [value["matches"], value["plan"], value["tensors"]];
  return (
    isText(value["architecture"]) &&
    isObject(value["presets"]) &&
    methods.every((method) => typeof method === "function")
  );
}
