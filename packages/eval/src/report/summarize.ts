import { EVALUATED_PRUNERS } from "../oracles/evaluated-pruners.ts";
import type { CallCost, EpisodeRecord } from "../sweep/types.ts";
import { groupBy } from "./group-by.ts";
import { meanOf, medianOf, wilsonInterval } from "../statistics.ts";
import type { CellReport } from "./types.ts";

/** The name of the row over all suites. */
const ALL_SUITES = "all";

/** The table: a row a cell; dense first, then the method, then its rivals. */
export function summarizeCells(records: readonly EpisodeRecord[]): CellReport[] {
  return summarize(records, ({ suite }) => suite);
}

/** The table over all suites, episodes pooled. */
export function summarizeTotals(records: readonly EpisodeRecord[]): CellReport[] {
  return summarize(records, () => ALL_SUITES);
}

function summarize(
  records: readonly EpisodeRecord[],
  suiteOf: (record: EpisodeRecord) => string,
): CellReport[] {
  const dense = denseOutcomes(records);
  const groups = groupBy(records, (record) => {
    const { policy, pruner, retention, warmup } = record;
    return JSON.stringify([policy, pruner, retention, warmup, suiteOf(record)]);
  });
  return groups.flatMap((group) => cellReport(group, dense, suiteOf)).toSorted(byPlace);
}

/** By policy and suite, then pruners as they are listed everywhere, then what they keep. */
function byPlace(one: CellReport, other: CellReport): number {
  return (
    compareNames(one.policy, other.policy) ||
    compareNames(one.suite, other.suite) ||
    comparePruners(one.pruner, other.pruner) ||
    compareNames(other.warmup ?? "", one.warmup ?? "") ||
    other.retention - one.retention
  );
}

/** As they are listed everywhere, those of the user's own last. */
export function comparePruners(one: string, other: string): number {
  return rankOf(one) - rankOf(other) || compareNames(one, other);
}

function rankOf(pruner: string): number {
  const rank = EVALUATED_PRUNERS.indexOf(pruner);
  return rank < 0 ? EVALUATED_PRUNERS.length : rank;
}

function compareNames(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function cellReport(
  group: readonly EpisodeRecord[],
  dense: ReadonlyMap<string, boolean>,
  suiteOf: (record: EpisodeRecord) => string,
): CellReport[] {
  const [head] = group;
  if (head === undefined) return [];
  const { policy, pruner, retention, warmup } = head;
  const solved = group.filter(({ success }) => success);
  const calls = sum(group, (record) => record.calls);
  const cost = callCost(group, "cost");
  return [
    {
      policy,
      pruner,
      retention,
      warmup,
      suite: suiteOf(head),
      episodes: group.length,
      success: solved.length / group.length,
      interval: wilsonInterval(solved.length, group.length),
      relative: relativeTo(dense, group),
      steps: meanOf(solved.map(({ steps }) => steps)),
      calls: calls / group.length,
      denseShare: sum(group, (record) => record.denseCalls) / calls,
      objectKept: meanOf(group.map(({ objectKept }) => objectKept)),
      overlap: meanOf(group.map(({ overlap }) => overlap)),
      ...draftShares(group),
      timings: timingsOf(group),
      flops: { ...cost, prefillRatio: cost.prefill / callCost(group, "denseCost").prefill },
    },
  ];
}

function draftShares(group: readonly EpisodeRecord[]): Pick<CellReport, "drafts"> {
  const of = sum(group, ({ drafts }) => drafts?.of ?? 0);
  if (of === 0) return {};
  const calls = sum(group, ({ drafts }) => drafts?.calls ?? 0);
  const acceptance = sum(group, ({ drafts }) => drafts?.accepted ?? 0) / of;
  const verified = sum(group, ({ drafts }) => drafts?.verified ?? 0) / calls;
  const passes = sum(group, ({ drafts }) => drafts?.passes ?? 0) / calls;
  return { drafts: { acceptance, verified, ...(passes > 0 && { passes }) } };
}

/** Whether the dense model solved an episode. */
function denseOutcomes(records: readonly EpisodeRecord[]): ReadonlyMap<string, boolean> {
  const dense = records.filter(({ pruner }) => pruner === "keep-all");
  return new Map(dense.map((record) => [episodeOf(record), record.success]));
}

function relativeTo(dense: ReadonlyMap<string, boolean>, group: readonly EpisodeRecord[]): number | null {
  const shared = group.filter((record) => dense.has(episodeOf(record)));
  const best = shared.filter((record) => dense.get(episodeOf(record)) === true).length;
  return best === 0 ? null : shared.filter(({ success }) => success).length / best;
}

/** Mean cost of a call, each call counting the same. */
function callCost(group: readonly EpisodeRecord[], which: "cost" | "denseCost"): CallCost {
  const calls = sum(group, (record) => record.calls);
  const mean = (part: keyof CallCost): number =>
    sum(group, (record) => record[which][part] * record.calls) / calls;
  return { vision: mean("vision"), prefill: mean("prefill"), decode: mean("decode"), head: mean("head") };
}

function timingsOf(group: readonly EpisodeRecord[]): Record<string, number> {
  const stages = [...new Set(group.flatMap(({ timings }) => Object.keys(timings)))];
  return Object.fromEntries(
    stages.map((stage) => [stage, medianOf(group.flatMap(({ timings }) => timings[stage] ?? []))]),
  );
}

/** The same for every method that played it. */
export function episodeOf({ policy, suite, task, seed }: EpisodeRecord): string {
  return JSON.stringify([policy, suite, task, seed]);
}

function sum(group: readonly EpisodeRecord[], of: (record: EpisodeRecord) => number): number {
  return group.reduce((total, record) => total + of(record), 0);
}
