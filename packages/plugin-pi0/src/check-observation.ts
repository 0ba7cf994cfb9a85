import { VlaPrunerError } from "@vla-pruner/core";
import type { Formula } from "./statistics.ts";

/**
 * Given token ids, after checking that they are in the vocabulary.
 *
 * @param room tokens that the position table has left for the prompt's words
 */
export function checkIds(ids: readonly number[], vocabulary: number, room: number): readonly number[] {
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong !== undefined)
    throw invalid(
      `token ids from 0 to ${vocabulary - 1}`,
      String(wrong),
      "check that tokenizer and model belong together",
    );
  if (ids.length === 0)
    throw invalid(
      "a prompt of at least one token",
      "none",
      "give an instruction, or ids that begin with BOS",
    );
  if (ids.length > room)
    throw invalid(`a prompt of at most ${room} tokens`, `${ids.length}`, "shorten the instruction");
  return ids;
}

/**
 * The robot's state, after checking numbers and length.
 *
 * @param size width of the model's state
 * @param statistics formula that must cover every dimension
 */
export function checkState(
  state: readonly number[] | undefined,
  size: number,
  statistics: Formula | null,
): readonly number[] {
  const limit = Math.min(size, statistics?.range.length ?? size);
  if (state === undefined)
    throw invalid(
      "the robot's state",
      "none",
      "pass state, joint positions or pose and gripper, in robot units",
    );
  if (state.length === 0 || state.length > limit) {
    const why = limit < size ? ", as many as there are statistics" : "";
    throw invalid(
      `a state of 1 to ${limit} numbers${why}`,
      `${state.length}`,
      "pass the state that the model was trained on",
    );
  }
  checkFinite(state, "state", "check the robot's sensors");
  return state;
}

/** Starting noise that was given, float32 `[horizon, action]`. */
export function checkNoise(noise: Float32Array, horizon: number, actionSize: number): Float32Array {
  const size = horizon * actionSize;
  if (noise.length !== size)
    throw invalid(
      `noise of ${horizon} × ${actionSize} = ${size} values`,
      `${noise.length}`,
      "draw it anew for this model, or leave it out",
    );
  checkFinite(noise, "noise", "draw it from a standard normal distribution");
  return noise;
}

export function checkFinite(values: ArrayLike<number>, what: string, fix: string): void {
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) throw invalid(`finite ${what}`, `${values[index]} at ${index}`, fix);
  }
}

export function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("observation-invalid", { expected, found, fix });
}
