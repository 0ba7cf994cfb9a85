import type { PluginOptions, VlaPlugin } from "@vla-pruner/core";
import { pluginFrom } from "@vla-pruner/core/modules";
import { pluginModules } from "./plugin-modules.ts";

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
  const modules = pluginModules(given);
  return Promise.all(
    modules.map(async ({ name, main }) => ({ module: name, ...pluginFrom(await main(), name, options) })),
  );
}
