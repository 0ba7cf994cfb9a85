import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { NoiseSource, PluginOptions } from "../vla-plugin.ts";

const COMMON: readonly (keyof PluginOptions)[] = ["unnormKey", "centerCrop", "seed", "noise"];

/** What `PluginOptions.noise` may be. */
export const NOISE_SOURCES: readonly NoiseSource[] = ["observation", "step", "fixed"];

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
  const { noise } = options;
  if (noise === undefined || NOISE_SOURCES.includes(noise)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `noise: ${NOISE_SOURCES.join(", ")}`,
    found: noise,
    fix: "leave it out for noise by the observation",
  });
}
