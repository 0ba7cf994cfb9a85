import type { CallCost, Cell } from "../sweep/types.ts";
import type { SweepInfo } from "../sweep/sweep-info.ts";
import type { PairedComparison } from "../statistics.ts";

/** The share of a success rate that is certain. */
export interface SuccessRate {
  readonly episodes: number;
  /** 0 … 1 */
  readonly success: number;
  /** Wilson, 95 %. */
  readonly interval: readonly [number, number];
}

/** What became of drafts, each call counting the same. */
export interface DraftShares {
  /** Share of a draft's tokens that was right, or would have been. */
  readonly acceptance: number;
  /** Share of the drafts that was verified; the others rested, since few of their tokens were right. */
  readonly verified: number;
  /** Passes a call that the tokens behind the first took, where the model guesses anew what is wrong. */
  readonly passes?: number;
}

/** One cell of the table; of the row over all suites, `suite` is `all`. */
export interface CellReport extends Cell, SuccessRate {
  /** Success over the dense model's on the same episodes; `null` where there are none, or it solved none. */
  readonly relative: number | null;
  /** Mean control steps of the episodes that were solved. */
  readonly steps: number | null;
  /** Calls of the model an episode. */
  readonly calls: number;
  /** Share of the calls that kept everything. */
  readonly denseShare: number;
  /** Mean share of the tokens of the goal's object that were kept. */
  readonly objectKept: number | null;
  /** Mean share of the kept tokens that had been kept at the call before. */
  readonly overlap: number | null;
  /** Where there were drafts. */
  readonly drafts?: DraftShares;
  /** Median over the episodes of each stage's median milliseconds a call. */
  readonly timings: Readonly<Record<string, number>>;
  /** Multiply-accumulates a call, by the cost model; `prefillRatio` over the dense model's. */
  readonly flops: CallCost & { readonly prefillRatio: number };
}

/** Two methods on the same episodes of all suites. */
export interface ComparisonReport extends PairedComparison {
  readonly policy: string;
  readonly retention: number;
  readonly warmup: Cell["warmup"];
  readonly first: string;
  readonly second: string;
}

/** Two methods on all episodes of all policies. */
export interface PooledComparison extends PairedComparison {
  /** `null`: all of them together. */
  readonly retention: number | null;
  readonly warmup: Cell["warmup"];
  readonly first: string;
  readonly second: string;
  /** Pairs of policy and retention. */
  readonly cells: number;
}

/** A policy with another, by the same method on the same episodes of a suite, or of `all`. */
export interface PolicyComparison extends PairedComparison, Cell {
  readonly against: string;
}

/** Everything that `report.json` holds. */
export interface EvaluationReport {
  readonly info: SweepInfo;
  readonly cells: readonly CellReport[];
  /** The same over all suites. */
  readonly totals: readonly CellReport[];
  readonly comparisons: readonly ComparisonReport[];
  readonly pooled: readonly PooledComparison[];
  /** Where policies were to be compared with one of them. */
  readonly policies?: readonly PolicyComparison[];
}
