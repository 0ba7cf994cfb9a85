import { VlaPrunerError } from "@vla-pruner/core";
import type { NormStats } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { binCentre } from "@vla-pruner/prismatic";
import type { OpenVlaVla } from "./openvla-vla.ts";

/** Bounds of one training set's actions, in robot units. */
export interface ActionBounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Dimensions that are un-normalised; the others pass as they are (the gripper). */
  readonly mask: readonly boolean[];
}

/**
 * The statistics that un-normalise actions.
 *
 * @param key name of the training set; may be left out where there is only one
 * @throws `unnorm-key`, `config-invalid`
 */
export function actionBounds(
  normStats: Readonly<Record<string, NormStats>>,
  key: string | undefined,
): ActionBounds {
  const { name, statistics } = statisticsNamed(normStats, key);
  const { q01: low, q99: high, mask } = statistics.action ?? {};
  const sameLength = (list: unknown): boolean =>
    isNumbers(low) && Array.isArray(list) && list.length === low.length;
  if (
    !isNumbers(low) ||
    !isNumbers(high) ||
    low.length === 0 ||
    !sameLength(high) ||
    !sameLength(mask ?? low)
  ) {
    throw new VlaPrunerError("config-invalid", {
      expected: `action.q01, action.q99 (and action.mask) of equal length in norm_stats.${name}`,
      found: JSON.stringify({ q01: low, q99: high, mask }).slice(0, 80),
      fix: "correct the statistics of the checkpoint and convert it again",
    });
  }
  return { low, high, mask: Array.isArray(mask) ? mask.map(Boolean) : low.map(() => true) };
}

/**
 * Action tokens → one action in robot units, `[action]` (openvla `predict_action`): the bins count down
 * from the end of the vocabulary, their centres lie between −1 and 1, and `q01 … q99` scales them.
 */
export function decodeActions(
  tokens: readonly number[],
  bins: OpenVlaVla["action_tokens"],
  bounds: ActionBounds,
): number[] {
  return tokens.map((token, dimension) => {
    const normalized = binCentre(token, bins);
    const low = bounds.low[dimension] ?? 0;
    const high = bounds.high[dimension] ?? 0;
    return bounds.mask[dimension] === true ? 0.5 * (normalized + 1) * (high - low) + low : normalized;
  });
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((part) => typeof part === "number" && Number.isFinite(part));
}
