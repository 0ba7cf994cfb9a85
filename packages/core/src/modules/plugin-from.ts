import { isObject, isText, VlaPrunerError } from "@vla-pruner/format";
import type { PluginOptions, VlaPlugin } from "../vla-plugin.ts";
import { foundIn, guarded, partsOf } from "./foreign-code.ts";
import type { LoadedModule } from "./load-module.ts";

/**
 * The plugin of a module, made by its export `plugin`. What goes wrong in it is told as the module's fault.
 *
 * @param name of the module, for errors
 * @throws `plugin-invalid` for a module that gives none
 */
export function pluginFrom(module: LoadedModule, name: string, options: PluginOptions): VlaPlugin {
  const make = Object.hasOwn(module, "plugin") ? module["plugin"] : undefined;
  if (typeof make !== "function") {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `${name} to export plugin: a function of options that gives { architecture, createAdapter }`,
      found: foundIn(module, "plugin"),
      fix: "export it, or name another module",
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
  return { architecture, createAdapter: (model) => own(() => plugin.createAdapter(model)) };
}

function isPlugin(value: unknown): value is VlaPlugin {
  if (!isObject(value)) return false;
  return isText(value["architecture"]) && typeof value["createAdapter"] === "function";
}
