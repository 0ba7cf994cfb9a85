import type { NamedTensors } from "@vla-pruner/core";
import { readFloat32, requiredOutput, VlaPrunerError } from "@vla-pruner/core";
import { binCentre } from "@vla-pruner/prismatic";
import type { ActionBins } from "@vla-pruner/prismatic";

/** A chunk in model units, and the tokens it was read from, where there are any. */
export interface RawActions {
  /** `[chunk · action]`. */
  readonly values: Float32Array;
  readonly tokens: readonly number[] | null;
}

/** Numbers of a regression or diffusion head, float32 `[chunk · action]`; a NaN is an error. */
export function readNumbers(outputs: NamedTensors, name: string): Float32Array {
  return checkFinite(readFloat32(outputs[name], name), name);
}

/** Tokens of a discrete head → the centres of their bins. */
export function readTokens(outputs: NamedTensors, bins: ActionBins): RawActions {
  readNumbers(outputs, "token_scores"); // a NaN among the logits would pass through the choice in silence
  const { data } = requiredOutput(outputs, "tokens");
  const tokens = Array.from(data as BigInt64Array, Number);
  return { values: Float32Array.from(tokens, (token) => binCentre(token, bins)), tokens };
}

function checkFinite(values: Float32Array, what: string): Float32Array {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return values;
  throw new VlaPrunerError("session-failed", {
    expected: `finite ${what}`,
    found: `${values[index]} at ${index}`,
    fix: "check the weights for damage, and fp16 for overflow (try --dtype fp32)",
  });
}
