import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { openvlaOftRecipe } from "@vla-pruner/plugin-openvla-oft/convert";
import { pi0 } from "@vla-pruner/plugin-pi0";
import { pi0Recipe } from "@vla-pruner/plugin-pi0/convert";
import type { Architecture } from "./judge.ts";

/** Folders of `checkpoints`. */
export const SHIPPED: readonly string[] = ["random-openvla", "tiny-openvla", "tiny-openvla-oft", "tiny-pi0"];

/** In the order of the command line: the first whose recipe matches. */
export const ARCHITECTURES: readonly Architecture[] = [
  { recipe: openvlaOftRecipe, plugin: openvlaOft() },
  { recipe: openvlaRecipe, plugin: openvla() },
  { recipe: pi0Recipe, plugin: pi0() },
];
