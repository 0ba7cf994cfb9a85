import { invalid } from "@vla-pruner/prismatic";

/** The robot's state, after checking length and numbers. */
export function checkState(state: readonly number[] | undefined, size: number): readonly number[] {
  if (state?.length !== size)
    throw invalid(
      `a state of ${size} numbers`,
      state === undefined ? "none" : `${state.length}`,
      "pass the proprioception that the model was trained on, in robot units",
    );
  checkFinite(state, "state", "check the robot's sensors");
  return state;
}

/** Starting noise that was given, float32 `[chunk, action]`. */
export function checkNoise(noise: Float32Array, chunk: number, actionSize: number): Float32Array {
  const size = chunk * actionSize;
  if (noise.length !== size)
    throw invalid(
      `noise of ${chunk} × ${actionSize} = ${size} values`,
      `${noise.length}`,
      "draw it anew for this model, or leave it out",
    );
  checkFinite(noise, "noise", "draw it from a standard normal distribution");
  return noise;
}

function checkFinite(values: ArrayLike<number>, what: string, fix: string): void {
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) throw invalid(`finite ${what}`, `${values[index]} at ${index}`, fix);
  }
}
