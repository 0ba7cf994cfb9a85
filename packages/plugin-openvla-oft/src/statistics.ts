import { statisticsNamed } from "@vla-pruner/format";
import { readBounds } from "@vla-pruner/prismatic";
import type { Bounds } from "@vla-pruner/prismatic";
import type { Normalization, OftVla } from "./oft-vla.ts";

export interface OftStatistics {
  readonly action: Bounds;
  /** `null` where the model takes no state. */
  readonly state: Bounds | null;
}

/** Keeps a range of 0 from dividing by it; part of the official formulas, both ways. */
const EPSILON = 1e-8;

const KEYS = { bounds: ["min", "max"], bounds_q99: ["q01", "q99"] } as const;

/**
 * The statistics of one training set, as long as the model's vectors.
 *
 * @throws `unnorm-key`, `config-invalid`
 */
export function readStatistics(
  vla: Pick<OftVla, "norm_stats" | "action_size" | "state_size">,
  key: string | undefined,
  scheme: Normalization,
): OftStatistics {
  const named = statisticsNamed(vla.norm_stats, key);
  return {
    action: readBounds(named, "action", KEYS[scheme], vla.action_size),
    state: vla.state_size === 0 ? null : readBounds(named, "proprio", KEYS[scheme], vla.state_size),
  };
}

/** Model output `[chunk · action]` → actions in robot units, `[chunk][action]`; nothing is clipped. */
export function unnormalizeActions(values: ArrayLike<number>, { low, high, mask }: Bounds): number[][] {
  const size = low.length;
  return Array.from({ length: values.length / size }, (_, action) =>
    Array.from({ length: size }, (__, dimension) => {
      const value = values[action * size + dimension] ?? Number.NaN;
      const [from, to] = [low[dimension] ?? 0, high[dimension] ?? 0];
      return mask[dimension] === true ? 0.5 * (value + 1) * (to - from + EPSILON) + from : value;
    }),
  );
}

/** Robot state → what the proprio projector was trained on: −1 … 1, clipped. */
export function normalizeState(state: readonly number[], { low, high, mask }: Bounds): Float32Array {
  return Float32Array.from(state, (value, dimension) => {
    const [from, to] = [low[dimension] ?? 0, high[dimension] ?? 0];
    const scaled = mask[dimension] === true ? (2 * (value - from)) / (to - from + EPSILON) - 1 : value;
    return Math.min(1, Math.max(-1, scaled));
  });
}
