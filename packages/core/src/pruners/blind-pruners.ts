import { checkOptions } from "@vla-pruner/format";
import { topK } from "../selection/top-k.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { seededRandom } from "../seeded-random.ts";
import { ratioPruner, RETENTION_OPTIONS } from "./decide.ts";
import type { RetentionOptions } from "./decide.ts";

/** Every n-th token: the baseline that looks at nothing. */
export function uniform(options: RetentionOptions): TokenPruner {
  checkOptions("uniform", options, RETENTION_OPTIONS);
  return ratioPruner("uniform", options, (_context, { count, budget }) =>
    Int32Array.from({ length: budget }, (_, index) => Math.floor(((index + 0.5) * count) / budget)),
  );
}

export interface RandomOptions extends RetentionOptions {
  /** Same seed, same choices at the same step of an episode. Default 0. */
  readonly seed?: number;
}

/** Names of the options above. */
export const RANDOM_OPTIONS: readonly (keyof RandomOptions)[] = [...RETENTION_OPTIONS, "seed"];

/** A seeded random choice, anew at every step. */
export function random(options: RandomOptions): TokenPruner {
  checkOptions("random", options, RANDOM_OPTIONS);
  return ratioPruner("random", options, ({ step }, { start, count, budget }) => {
    const next = seededRandom(options.seed ?? 0, step, start);
    return topK(Float32Array.from({ length: count }, next), budget);
  });
}
