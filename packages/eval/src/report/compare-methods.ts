import type { EpisodeRecord } from "../sweep/types.ts";
import { groupBy } from "./group-by.ts";
import { comparePairs } from "../statistics.ts";
import { episodeOf } from "./summarize.ts";
import type { ComparisonReport } from "./types.ts";

/**
 * Compares each of the `subjects` with every other method, the dense model included, on the episodes that both
 * played, policy by policy and at the same retention and warm-up.
 */
export function compareMethods(
  records: readonly EpisodeRecord[],
  subjects: readonly string[],
): ComparisonReport[] {
  const methods = groupBy(records, ({ policy, pruner, retention, warmup }) =>
    JSON.stringify([policy, pruner, retention, warmup]),
  );
  return methods.flatMap((mine) => {
    const [first] = mine;
    if (first === undefined || !subjects.includes(first.pruner)) return [];
    const rivals = methods.filter(([other]) => other !== undefined && isRival(first, other));
    return rivals.flatMap((theirs) => {
      const outcomes = new Map(theirs.map((record) => [episodeOf(record), record.success]));
      const pairs = mine.flatMap((record) => {
        const other = outcomes.get(episodeOf(record));
        return other === undefined ? [] : [[record.success, other] as const];
      });
      const { policy, retention, warmup, pruner } = first;
      const second = theirs[0]?.pruner ?? "";
      return [{ policy, retention, warmup, first: pruner, second, ...comparePairs(pairs) }];
    });
  });
}

function isRival(first: EpisodeRecord, other: EpisodeRecord): boolean {
  if (other.policy !== first.policy || other.pruner === first.pruner) return false;
  return (
    other.pruner === "keep-all" || (other.retention === first.retention && other.warmup === first.warmup)
  );
}
