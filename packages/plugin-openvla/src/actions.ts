import type { NormStats } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { binCentre, readBounds } from "@vla-pruner/prismatic";
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
