import { invalidOption } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, RecipeOptions } from "@vla-pruner/onnx/convert";
import { VIEWS } from "../views.ts";

const HORIZON = 50;
const STEPS = 10;

/** Cameras that the model has slots for: all three, or the first of them. */
export function planViews({ views = VIEWS.length }: RecipeOptions): number {
  if (Number.isInteger(views) && views >= 1 && views <= VIEWS.length) return views;
  throw invalidOption(`--views from 1 to ${VIEWS.length}`, views, `leave it out for ${VIEWS.join(", ")}`);
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
  throw invalidOption(
    `${what}: a whole number from 1 to 1000`,
    JSON.stringify(value),
    "leave it out for the checkpoint's own",
  );
}
