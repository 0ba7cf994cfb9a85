import type { PairedComparison } from "../statistics.ts";
import { table } from "./markdown-table.ts";
import type { ComparisonReport, PolicyComparison, PooledComparison } from "./types.ts";

const OUTCOME = ["difference in points (95 %)", "only one solved", "McNemar p"];

/** Pairs of methods of one policy; nothing where there are none. */
export function comparisonTable(comparisons: readonly ComparisonReport[]): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((one) => [
    one.first,
    one.second,
    `${100 * one.retention} %`,
    one.warmup ?? "",
    ...outcomeOf(one),
  ]);
  const header = ["method", "against", "kept", "warm-up", ...OUTCOME];
  return ["Paired comparisons, all suites:", "", ...table(header, rows), ""];
}

/** Pairs of methods over all policies; nothing where there are none. */
export function pooledTable(comparisons: readonly PooledComparison[]): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((one) => [
    one.first,
    one.second,
    one.retention === null ? "all" : `${100 * one.retention} %`,
    one.warmup ?? "",
    String(one.cells),
    ...outcomeOf(one),
  ]);
  return [
    "## All policies together",
    "",
    "An episode counts once for each policy and retention; p takes these for independent of each other.",
    "",
    ...table(["method", "against", "kept", "warm-up", "cells", ...OUTCOME], rows),
    "",
  ];
}

/** Policies against one of them; nothing where there are none. */
export function policyTable(comparisons: readonly PolicyComparison[]): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((one) => [
    one.policy,
    one.pruner,
    `${100 * one.retention} %`,
    one.warmup ?? "",
    one.suite,
    ...outcomeOf(one),
  ]);
  return [
    `## Against ${comparisons[0]?.against}`,
    "",
    "The same episodes, pruned in the same way, by two policies.",
    "",
    ...table(["policy", "pruner", "kept", "warm-up", "suite", ...OUTCOME], rows),
    "",
  ];
}

function outcomeOf({ difference, interval, onlyFirst, onlySecond, pairs, p }: PairedComparison): string[] {
  return [
    `${signed(difference)} (${signed(interval[0])} … ${signed(interval[1])})`,
    `${onlyFirst} : ${onlySecond} of ${pairs}`,
    p < 0.001 ? "< 0.001" : p.toFixed(3),
  ];
}

function signed(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;
}
