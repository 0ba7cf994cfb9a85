import { wholeOption } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, RecipeOptions } from "@vla-pruner/onnx/convert";
import { VIEWS } from "../views.ts";

const HORIZON = 50;
const STEPS = 10;
const MOST = 1000;
/** Graphs for a GPU hold them one after the other, 200 to 600 nodes each. */
const MOST_UNROLLED = 50;
const FIX = "leave it out for the checkpoint's own";

/**
 * Cameras that the model has slots for: all three, or the first of them.
 *
 * @param cameras that the checkpoint was trained with; 0 where it does not say
 */
export function planViews({ views: asked }: RecipeOptions, cameras: number): number {
  const views = asked ?? (cameras === 0 ? VIEWS.length : cameras);
  return wholeOption("--views", views, VIEWS.length, `leave it out for ${VIEWS.join(", ")}`);
}

/** Actions in a chunk: `--chunk`, else `action_horizon` (openpi) or `chunk_size` (lerobot). */
export function planHorizon(config: CheckpointConfig, { chunk }: RecipeOptions): number {
  const value = chunk ?? config["action_horizon"] ?? config["chunk_size"] ?? HORIZON;
  return wholeOption("--chunk, or action_horizon in config.json", value, MOST, FIX);
}

/** A horizon that nobody stated: shapes do not tell it. */
export function horizonWarnings(config: CheckpointConfig, { chunk }: RecipeOptions): string[] {
  const stated = chunk ?? config["action_horizon"] ?? config["chunk_size"];
  return (stated ?? null) === null
    ? [
        `config.json has no action_horizon or chunk_size: ${HORIZON} actions a call are assumed; --chunk says otherwise`,
      ]
    : [];
}

/** Euler steps of a call: `--steps`, else lerobot's `num_inference_steps`, else 10; few where each has nodes of its own. */
export function planSteps(config: CheckpointConfig, { steps, target = "cpu" }: RecipeOptions): number {
  const portable = target === "cpu";
  return wholeOption(
    portable ? "--steps" : `--steps, with --target ${target}`,
    steps ?? config["num_inference_steps"] ?? config["num_steps"] ?? STEPS,
    portable ? MOST : MOST_UNROLLED,
    FIX,
  );
}

/** Tokens of a prompt, at most: what lerobot's tokenizer step says, else the config, else openpi's own. */
export function planPrompt(config: CheckpointConfig, step: unknown, usual: number): number {
  const value = step ?? config["max_token_len"] ?? config["tokenizer_max_length"] ?? usual;
  return wholeOption("max_token_len, or tokenizer_max_length, in config.json", value, MOST, "correct it");
}
