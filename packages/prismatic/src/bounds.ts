import { VlaPrunerError } from "@vla-pruner/core";
import type { NormStats } from "@vla-pruner/core";

/** What −1 and 1 stand for, in robot units. */
export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Dimensions that are normalised; the others pass as they are (the gripper). */
  readonly mask: readonly boolean[];
}

/**
 * Bounds out of the statistics of one training set.
 *
 * @param keys of the lists that hold −1 and 1: `["q01", "q99"]`
 * @param size dimensions that they must have; as many as there are where absent
 * @throws `config-invalid`
 */
export function readBounds(
  { name, statistics }: { readonly name: string; readonly statistics: NormStats },
  part: "action" | "proprio",
  [lowKey, highKey]: readonly [low: string, high: string],
  size?: number,
): Bounds {
  const { [lowKey]: low, [highKey]: high, mask } = (statistics[part] ?? {}) as Record<string, unknown>;
  const length = size ?? (Array.isArray(low) && low.length > 0 ? low.length : Number.NaN);
  const masks = mask ?? Array.from({ length: length || 0 }, () => true);
  if (isNumbers(low, length) && isNumbers(high, length) && Array.isArray(masks) && masks.length === length)
    return { low, high, mask: masks.map(Boolean) };
  throw new VlaPrunerError("config-invalid", {
    expected: `${part}.${lowKey}, ${part}.${highKey} (and ${part}.mask) of ${size ?? "as many"} numbers in norm_stats.${name}`,
    found: JSON.stringify({ [lowKey]: low, [highKey]: high, mask }).slice(0, 80),
    fix: "correct the statistics of the checkpoint and convert it again, or choose another training set",
  });
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}
