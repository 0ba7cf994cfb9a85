import type { EpisodeRecord } from "../sweep/types.ts";
import { groupBy } from "./group-by.ts";
import { comparePairs } from "../statistics.ts";
import { comparePruners, episodeOf } from "./summarize.ts";
import type { ComparisonReport, PooledComparison } from "./types.ts";

/** Two methods of a policy on the same episodes. */
export type Contest = Pick<ComparisonReport, "policy" | "retention" | "warmup" | "first" | "second"> & {
  /** Whether the first, and whether the second, solved an episode that both played. */
  readonly pairs: readonly (readonly [boolean, boolean])[];
};

/** What came of each contest. */
export function compareMethods(contests: readonly Contest[]): ComparisonReport[] {
  return contests.map(({ pairs, ...contest }) => ({
    ...contest,
    ...comparePairs(pairs),
  }));
}

/** The same over all policies together, at each retention and over all of them; where there are several to pool. */
export function comparePooled(contests: readonly Contest[]): PooledComparison[] {
  const groups = groupBy(contests, ({ first, second, warmup }) => JSON.stringify([first, second, warmup]));
  return groups.flatMap((group) => {
    const levels = groupBy(group, ({ retention }) => String(retention)).toSorted(
      ([one], [other]) => (other?.retention ?? 0) - (one?.retention ?? 0),
    );
    const single = levels.flatMap((level) => pooled(level, level[0]?.retention ?? null));
    return levels.length === 1 ? single : [...single, ...pooled(group, null)];
  });
}

function pooled(group: readonly Contest[], retention: number | null): PooledComparison[] {
  const [head] = group;
  if (head === undefined || group.length === 1) return [];
  const { first, second, warmup } = head;
  const compared = comparePairs(group.flatMap(({ pairs }) => pairs));
  return [{ first, second, warmup, retention, cells: group.length, ...compared }];
}

/**
 * Each of the `subjects` with every other method, the dense model included, on the episodes that both played, policy
 * by policy and at the same retention and warm-up.
 */
export function contestsOf(records: readonly EpisodeRecord[], subjects: readonly string[]): Contest[] {
  const methods = groupBy(records, ({ policy, pruner, retention, warmup }) =>
    JSON.stringify([policy, pruner, retention, warmup]),
  ).toSorted(([one], [other]) => comparePruners(one?.pruner ?? "", other?.pruner ?? ""));
  return methods.flatMap((mine) => {
    const [first] = mine;
    if (first === undefined || !subjects.includes(first.pruner)) return [];
    const rivals = methods.filter(([other]) => other !== undefined && isRival(first, other));
    return rivals.map((theirs) => {
      const outcomes = new Map(theirs.map((record) => [episodeOf(record), record.success]));
      const pairs = mine.flatMap((record) => {
        const other = outcomes.get(episodeOf(record));
        return other === undefined ? [] : [[record.success, other] as const];
      });
      const { policy, retention, warmup, pruner } = first;
      return { policy, retention, warmup, first: pruner, second: theirs[0]?.pruner ?? "", pairs };
    });
  });
}

function isRival(first: EpisodeRecord, other: EpisodeRecord): boolean {
  if (other.policy !== first.policy || other.pruner === first.pruner) return false;
  return (
    other.pruner === "keep-all" || (other.retention === first.retention && other.warmup === first.warmup)
  );
}
