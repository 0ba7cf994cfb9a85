import { checkOptions } from "@vla-pruner/format";
import type { PluginOptions } from "../vla-adapter.ts";

const COMMON: readonly (keyof PluginOptions)[] = ["unnormKey", "centerCrop", "seed"];

/**
 * Refuses options that are neither a plugin's own nor among `PluginOptions`, which every plugin takes.
 *
 * @param plugin its factory's name, for the error: "openvla"
 * @param own names of the plugin's own options
 * @throws `invalid-option`
 */
export function checkPluginOptions(
  plugin: string,
  options: PluginOptions,
  own: readonly string[] = [],
): void {
  checkOptions(plugin, options, [...COMMON, ...own]);
}
