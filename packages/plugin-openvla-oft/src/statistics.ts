import { VlaPrunerError } from "@vla-pruner/core";
import type { NormStats } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import type { Normalization, OftVla } from "./oft-vla.ts";

/** What −1 and 1 stand for, in robot units. */
export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Dimensions that are normalised; the others pass as they are (the gripper). */
  readonly mask: readonly boolean[];
}

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
  const { name, statistics } = statisticsNamed(vla.norm_stats, key);
  const read = (part: "action" | "proprio", size: number): Bounds =>
    readBounds(statistics, name, part, size, scheme);
  return {
    action: read("action", vla.action_size),
    state: vla.state_size === 0 ? null : read("proprio", vla.state_size),
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

function readBounds(
  statistics: NormStats,
  name: string,
  part: "action" | "proprio",
  size: number,
  scheme: Normalization,
): Bounds {
  const lists = (statistics[part] ?? {}) as Readonly<Record<string, unknown>>;
  const [lowKey, highKey] = KEYS[scheme];
  const { [lowKey]: low, [highKey]: high, mask } = lists;
  const masks = mask ?? Array.from({ length: size }, () => true);
  if (isNumbers(low, size) && isNumbers(high, size) && Array.isArray(masks) && masks.length === size)
    return { low, high, mask: masks.map(Boolean) };
  throw new VlaPrunerError("config-invalid", {
    expected: `${part}.${lowKey}, ${part}.${highKey} (and ${part}.mask) of ${size} numbers in norm_stats.${name}`,
    found: JSON.stringify({ [lowKey]: low, [highKey]: high, mask }).slice(0, 80),
    fix: "correct the statistics of the checkpoint and convert it again, or choose another unnorm key or normalization",
  });
}

function isNumbers(value: unknown, size: number): value is number[] {
  return (
    Array.isArray(value) &&
    value.length === size &&
    value.every((part) => typeof part === "number" && Number.isFinite(part))
  );
}
