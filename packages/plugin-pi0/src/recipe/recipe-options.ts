import { VlaPrunerError } from "@vla-pruner/errors";
import type { CheckpointConfig, RecipeOptions } from "@vla-pruner/onnx";
import { VIEWS } from "../views.ts";

/** The cut and the taps of a decoder, after checking what the user asked for. */
export interface CutPlan {
  readonly pruneLayer: number;
  readonly actionLayers: readonly number[];
  readonly tappedLayers: readonly number[];
}

/** Default cut of the paper: three layers see everything. */
const PRUNE_LAYER = 3;
const HORIZON = 50;
const STEPS = 10;

/**
 * The cut at K and the layers that are tapped; the action score is read from the latter half by default.
 *
 * @throws `invalid-option`
 */
export function planCut(layers: number, options: RecipeOptions): CutPlan {
  const pruneLayer = options.pruneLayer ?? Math.min(PRUNE_LAYER, layers - 1);
  if (!Number.isInteger(pruneLayer) || pruneLayer < 1 || pruneLayer >= layers) {
    throw invalid(
      `--prune-layer from 1 to ${layers - 1}`,
      String(pruneLayer),
      "choose a layer inside the decoder; the paper uses 3",
    );
  }
  const chosen = options.actionLayers ?? "latter-half";
  const half = Math.floor(layers / 2);
  const actionLayers =
    chosen === "latter-half" ? every(layers).slice(half) : chosen.toSorted((a, b) => a - b);
  const wrong = actionLayers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= layers);
  if (
    wrong !== undefined ||
    actionLayers.length === 0 ||
    new Set(actionLayers).size !== actionLayers.length
  ) {
    throw invalid(
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

/** Cameras that the model has slots for: all three, or the first of them. */
export function planViews({ views = VIEWS.length }: RecipeOptions): number {
  if (Number.isInteger(views) && views >= 1 && views <= VIEWS.length) return views;
  throw invalid(`--views from 1 to ${VIEWS.length}`, String(views), `leave it out for ${VIEWS.join(", ")}`);
}

/** Actions in a chunk: `--chunk`, else `action_horizon` (openpi) or `chunk_size` (lerobot). */
export function planHorizon(config: CheckpointConfig, { chunk }: RecipeOptions): number {
  return count(
    "--chunk, or action_horizon in config.json",
    chunk ?? config["action_horizon"] ?? config["chunk_size"] ?? HORIZON,
  );
}

/** Euler steps of a call: `--steps`, else lerobot's `num_inference_steps`, else 10. */
export function planSteps(config: CheckpointConfig, { steps }: RecipeOptions): number {
  return count("--steps", steps ?? config["num_inference_steps"] ?? STEPS);
}

function count(what: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw invalid(
    `${what}: a whole number from 1 to 1000`,
    JSON.stringify(value),
    "leave it out for the checkpoint's own",
  );
}

function every(layers: number): number[] {
  return Array.from({ length: layers }, (_, layer) => layer);
}

function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix });
}
