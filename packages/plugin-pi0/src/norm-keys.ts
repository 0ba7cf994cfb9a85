import type { NormMode } from "./pi0-vla.ts";

/** The lists that each formula reads; none for vectors that pass as they are. */
export const NORM_KEYS: Readonly<Record<NormMode, readonly [string, string] | null>> = {
  "z-score": ["mean", "std"],
  quantiles: ["q01", "q99"],
  deciles: ["q10", "q90"],
  "min-max": ["min", "max"],
  identity: null,
};
