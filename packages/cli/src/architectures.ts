import type { VlaPlugin } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import type { CheckpointConfig, ModelRecipe } from "@vla-pruner/onnx/convert";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { openvlaOftRecipe } from "@vla-pruner/plugin-openvla-oft/convert";
import { pi0 } from "@vla-pruner/plugin-pi0";
import { pi0Recipe } from "@vla-pruner/plugin-pi0/convert";

/** What the command line passes on to any plugin. */
export interface PluginOptions {
  readonly unnormKey?: string;
  readonly centerCrop?: boolean;
  /** Of the starting noise, where the architecture draws any. */
  readonly seed?: number;
}

/** One architecture: how its checkpoints become graphs, and how the graphs become a policy. */
export interface Architecture {
  readonly recipe: ModelRecipe;
  readonly plugin: (options: PluginOptions) => VlaPlugin;
}

/** The architectures that the command line knows. A new one is one more line; the first that matches wins. */
const ARCHITECTURES: readonly Architecture[] = [
  { recipe: openvlaOftRecipe, plugin: openvlaOft },
  { recipe: openvlaRecipe, plugin: openvla },
  { recipe: pi0Recipe, plugin: pi0 },
];

/** An architecture by its name. */
export function architectureNamed(name: string): Architecture {
  const found = ARCHITECTURES.find(({ recipe }) => recipe.architecture === name);
  return found ?? unknown(`an architecture: ${names()}`, name);
}

/** The architecture of a checkpoint, by its `config.json` and the component files beside its weights. */
export function architectureOf(config: CheckpointConfig, components: readonly string[]): Architecture {
  const found = ARCHITECTURES.find(({ recipe }) => recipe.matches(config, components));
  return (
    found ??
    unknown(
      `a config.json whose model_type is one of: ${names()}`,
      `model_type ${JSON.stringify(config["model_type"] ?? null)}`,
    )
  );
}

/** A named config for synthetic weights. */
export function presetNamed(
  name: string,
): { architecture: Architecture; config: CheckpointConfig } | undefined {
  for (const architecture of ARCHITECTURES) {
    const config = Object.hasOwn(architecture.recipe.presets, name)
      ? architecture.recipe.presets[name]
      : undefined;
    if (config !== undefined) return { architecture, config };
  }
  return undefined;
}

/** The recipes of all architectures. */
export function recipes(): ModelRecipe[] {
  return ARCHITECTURES.map(({ recipe }) => recipe);
}

/** Names of all presets. */
export function presetNames(): string[] {
  return ARCHITECTURES.flatMap(({ recipe }) => Object.keys(recipe.presets));
}

function names(): string {
  return ARCHITECTURES.map(({ recipe }) => recipe.architecture).join(", ");
}

function unknown(expected: string, found: string): never {
  throw new VlaPrunerError("unknown-architecture", {
    expected,
    found,
    fix: "pass --architecture, or install a plugin for this one",
  });
}
