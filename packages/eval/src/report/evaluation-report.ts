import { VLA_PRUNERS } from "@vla-pruner/core";
import type { SweepInfo } from "../sweep/sweep-info.ts";
import type { EpisodeRecord } from "../sweep/types.ts";
import { compareMethods, comparePooled, contestsOf } from "./compare-methods.ts";
import { comparePolicies } from "./compare-policies.ts";
import { summarizeCells, summarizeTotals } from "./summarize.ts";
import type { EvaluationReport } from "./types.ts";

/**
 * Sums all episodes of a sweep up.
 *
 * @param against a policy that the others are compared with
 * @throws `invalid-option` where no policy has that name
 */
export function evaluationReport(
  info: SweepInfo,
  records: readonly EpisodeRecord[],
  against?: string,
): EvaluationReport {
  const subjects = [...VLA_PRUNERS, ...Object.keys(info.settings.variants)];
  const contests = contestsOf(records, subjects);
  return {
    info,
    cells: summarizeCells(records),
    totals: summarizeTotals(records),
    comparisons: compareMethods(contests),
    pooled: comparePooled(contests),
    ...(against !== undefined && { policies: comparePolicies(records, against) }),
  };
}
