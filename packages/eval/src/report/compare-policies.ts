import { VlaPrunerError } from "@vla-pruner/format";
import type { EpisodeRecord } from "../sweep/types.ts";
import { comparePairs } from "../statistics.ts";
import { groupBy } from "./group-by.ts";
import { comparePruners } from "./summarize.ts";
import type { PolicyComparison } from "./types.ts";

/**
 * Every policy with one of them, by the same method on the episodes that both played, suite by suite and over all: what a
 * dtype costs, for instance.
 *
 * @throws `invalid-option` where no policy has the name
 */
export function comparePolicies(records: readonly EpisodeRecord[], against: string): PolicyComparison[] {
  const policies = [...new Set(records.map(({ policy }) => policy))];
  if (!policies.includes(against)) {
    throw new VlaPrunerError("invalid-option", {
      expected: `--against a policy that was played: ${policies.join(", ")}`,
      found: against,
      fix: "choose one of these; --policy NAME=DIR gives a policy its name",
    });
  }
  const outcomes = new Map(
    records.filter(({ policy }) => policy === against).map((record) => [playedBy(record), record.success]),
  );
  const methods = groupBy(
    records.filter(({ policy }) => policy !== against),
    ({ policy, pruner, retention, warmup }) => JSON.stringify([policy, pruner, retention, warmup]),
  ).toSorted(([one], [other]) => comparePruners(one?.pruner ?? "", other?.pruner ?? ""));
  return methods.flatMap((method) => {
    const suites = groupBy(method, ({ suite }) => suite);
    const groups = suites.map((group) => [group[0]?.suite ?? "", group] as const);
    return [...groups, ["all", method] as const].flatMap(([suite, group]) => {
      const [head] = group;
      const pairs = group.flatMap((record) => {
        const other = outcomes.get(playedBy(record));
        return other === undefined ? [] : [[record.success, other] as const];
      });
      if (head === undefined) return [];
      const { policy, pruner, retention, warmup } = head;
      return [{ policy, against, pruner, retention, warmup, suite, ...comparePairs(pairs) }];
    });
  });
}

/** The same for every policy that played it in the same way. */
function playedBy({ pruner, retention, warmup, suite, task, seed }: EpisodeRecord): string {
  return JSON.stringify([pruner, retention, warmup, suite, task, seed]);
}
