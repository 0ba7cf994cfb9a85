import { latterHalf } from "@vla-pruner/format";
import type { RecipeOptions } from "./model-recipe.ts";
import { invalidOption } from "./recipe-errors.ts";

/** The cut and the taps of a decoder, after checking what the user asked for. */
export interface CutPlan {
  readonly pruneLayer: number;
  readonly actionLayers: readonly number[];
  readonly tappedLayers: readonly number[];
}

/** Default cut of the paper: three layers see everything. */
const PRUNE_LAYER = 3;

/**
 * The cut at K and the layers that are tapped; the action score is read from the latter half by default.
 *
 * @throws `invalid-option`
 */
export function planCut(layers: number, options: RecipeOptions): CutPlan {
  const pruneLayer = options.pruneLayer ?? Math.min(PRUNE_LAYER, layers - 1);
  if (!Number.isInteger(pruneLayer) || pruneLayer < 1 || pruneLayer >= layers) {
    throw invalidOption(
      `--prune-layer from 1 to ${layers - 1}`,
      pruneLayer,
      "choose a layer inside the decoder; the paper uses 3",
    );
  }
  const chosen = options.actionLayers ?? "latter-half";
  const actionLayers = chosen === "latter-half" ? latterHalf(layers) : chosen.toSorted((a, b) => a - b);
  const wrong = actionLayers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= layers);
  if (
    wrong !== undefined ||
    actionLayers.length === 0 ||
    new Set(actionLayers).size !== actionLayers.length
  ) {
    throw invalidOption(
      `--action-layers: different layers from 0 to ${layers - 1}`,
      actionLayers.join(","),
      "leave it out for the latter half of the layers",
    );
  }
  return {
    pruneLayer,
    actionLayers,
    tappedLayers: options.tapLayers === "action" ? actionLayers : every(layers),
  };
}

function every(layers: number): number[] {
  return Array.from({ length: layers }, (_, layer) => layer);
}
