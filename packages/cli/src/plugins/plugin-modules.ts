import type { LoadedModule } from "@vla-pruner/core/modules";

/** A plugin's two entries, loaded when they are asked for: robots do not load the converter, nor converters the runtime. */
export interface PluginModule {
  readonly name: string;
  /** Exports `plugin`. */
  readonly main: () => Promise<LoadedModule>;
  /** Exports `recipe`, unless the main entry does. */
  readonly convert: () => Promise<LoadedModule | null>;
}

/** Plugins that come along. The first whose recipe matches a checkpoint has it: OFT's own is OpenVLA's and more. */
const BUILT_IN: readonly PluginModule[] = [
  {
    name: "@vla-pruner/plugin-openvla-oft",
    main: () => import("@vla-pruner/plugin-openvla-oft"),
    convert: () => import("@vla-pruner/plugin-openvla-oft/convert"),
  },
  {
    name: "@vla-pruner/plugin-openvla",
    main: () => import("@vla-pruner/plugin-openvla"),
    convert: () => import("@vla-pruner/plugin-openvla/convert"),
  },
  {
    name: "@vla-pruner/plugin-pi0",
    main: () => import("@vla-pruner/plugin-pi0"),
    convert: () => import("@vla-pruner/plugin-pi0/convert"),
  },
];

/** The plugins to choose from: those that the user names with `--plugin`, then those that come along. */
export function pluginModules(given: readonly string[] = []): PluginModule[] {
  return [...given.map(moduleNamed), ...BUILT_IN.filter(({ name }) => !given.includes(name))];
}

/** The same, as a worker wants them: ours by address, for a worker looks for packages where the program is. */
export function pluginNames(given: readonly string[] = []): (string | URL)[] {
  const others = BUILT_IN.filter(({ name }) => !given.includes(name));
  return [...given, ...others.map(({ name }) => new URL(import.meta.resolve(name)))];
}

function moduleNamed(name: string): PluginModule {
  const known = BUILT_IN.find((module) => module.name === name);
  if (known !== undefined) return known;
  return {
    name,
    // Only who names a module loads what finds it.
    main: async () => (await import("@vla-pruner/core/modules")).loadModule(name),
    convert: async () => (await import("@vla-pruner/core/modules")).loadCompanion(name, "convert"),
  };
}
