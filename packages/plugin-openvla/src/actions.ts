import { VlaPrunerError } from "@vla-pruner/core";
import type { NormStats } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { binCentre, readBounds, tokenOf } from "@vla-pruner/prismatic";
import type { ActionBins, Bounds } from "@vla-pruner/prismatic";

/**
 * The statistics that un-normalise actions.
 *
 * @param key name of the training set; may be left out where there is only one
 * @throws `unnorm-key`, `config-invalid`
 */
export function actionBounds(
  normStats: Readonly<Record<string, NormStats>>,
  key: string | undefined,
): Bounds {
  return readBounds(statisticsNamed(normStats, key), "action", ["q01", "q99"]);
}

/**
 * Action tokens → one action in robot units, `[action]` (openvla `predict_action`): the bins count down
 * from the end of the vocabulary, their centres lie between −1 and 1, and `q01 … q99` scales them.
 */
export function decodeActions(
  tokens: readonly number[],
  bins: ActionBins,
  { low, high, mask }: Bounds,
): number[] {
  return tokens.map((token, dimension) => {
    const normalized = binCentre(token, bins);
    const [from, to] = [low[dimension] ?? 0, high[dimension] ?? 0];
    return mask[dimension] === true ? 0.5 * (normalized + 1) * (to - from) + from : normalized;
  });
}

/**
 * One action in robot units → the tokens whose bins it falls into, as a draft for the model to verify.
 *
 * @throws `action-invalid` for another number of values, or one that is not finite
 */
export function encodeActions(
  action: readonly number[],
  bins: ActionBins,
  { low, high, mask }: Bounds,
): number[] {
  if (action.length !== low.length || !action.every(Number.isFinite)) {
    throw new VlaPrunerError("action-invalid", {
      expected: `a draft of ${low.length} finite numbers, an action in robot units`,
      found: `${action.length}: ${action.join(", ")}`.slice(0, 80),
      fix: "pass one action, such as result.action of another policy",
    });
  }
  return action.map((value, dimension) => {
    const [from, to] = [low[dimension] ?? 0, high[dimension] ?? 0];
    const normalized =
      mask[dimension] === true && to !== from ? (2 * (value - from)) / (to - from) - 1 : value;
    return tokenOf(normalized, bins);
  });
}
