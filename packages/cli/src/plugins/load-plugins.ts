import type { PluginOptions, VlaPlugin } from "@vla-pruner/core";
import { foundIn, guarded, partsOf } from "@vla-pruner/eval/modules";
import { isObject, isText, VlaPrunerError } from "@vla-pruner/format";
import { pluginModules } from "./plugin-modules.ts";
import type { PluginModule } from "./plugin-modules.ts";

/** A plugin, and the module that it is from. */
export interface NamedPlugin extends VlaPlugin {
  readonly module: string;
}

/**
 * The plugins to choose from, those that the user names first.
 *
 * @param given modules, as with `--plugin`
 * @throws `plugin-invalid` for a module that gives none
 */
export async function loadPlugins(
  given: readonly string[] | undefined,
  options: PluginOptions,
): Promise<NamedPlugin[]> {
  return Promise.all(pluginModules(given).map((module) => loadPlugin(module, options)));
}

async function loadPlugin({ name, main }: PluginModule, options: PluginOptions): Promise<NamedPlugin> {
  const module = await main();
  const make = Object.hasOwn(module, "plugin") ? module["plugin"] : undefined;
  if (typeof make !== "function") {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `${name} to export plugin: a function of options that gives { architecture, createAdapter }`,
      found: foundIn(module, "plugin"),
      fix: "export it, or pass another --plugin",
    });
  }
  const own = <Result>(run: () => Result): Result =>
    guarded(`an adapter from ${name}`, "correct the plugin", run);
  const plugin = own(() => make(options) as unknown);
  if (!isPlugin(plugin)) {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `{ architecture, createAdapter } from the plugin of ${name}`,
      found: partsOf(plugin),
      fix: "correct the plugin",
    });
  }
  const { architecture } = plugin;
  return {
    module: name,
    architecture,
    createAdapter: (model) => own(() => plugin.createAdapter(model)),
  };
}

function isPlugin(value: unknown): value is VlaPlugin {
  if (!isObject(value)) return false;
  return isText(value["architecture"]) && typeof value["createAdapter"] === "function";
}
