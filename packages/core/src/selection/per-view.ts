import { VlaPrunerError } from "@vla-pruner/format";
import { countTokens } from "../adapter/layout.ts";
import type { ViewSpan } from "../vla-adapter.ts";
import { budgetOf } from "./budget.ts";

/** A share of the visual tokens that is selected on its own: one view, or all of them joined. */
export interface SelectionScope {
  /** Visual columns `start … start + count − 1`. */
  readonly start: number;
  readonly count: number;
  readonly budget: number;
}

/** `per-view`: every camera keeps its own share. `joint`: the cameras compete for one budget. */
export type BudgetMode = "per-view" | "joint";

/**
 * `per-view` where nothing is said.
 *
 * @throws `invalid-option`
 */
export function checkBudget(mode: BudgetMode = "per-view"): BudgetMode {
  if (mode === "per-view" || mode === "joint") return mode;
  throw new VlaPrunerError("invalid-option", {
    expected: 'budget: "per-view" or "joint"',
    found: String(mode),
    fix: "leave it out for a share of each camera's own",
  });
}

/**
 * Selects scope by scope and joins the results, ascending.
 *
 * @param choose gets a scope and returns indices within it, ascending
 */
export function selectPerView(
  views: readonly ViewSpan[],
  retention: number,
  mode: BudgetMode,
  choose: (scope: SelectionScope) => Int32Array,
): Int32Array {
  const spans = mode === "joint" ? [{ start: 0, count: countTokens(views) }] : views;
  const kept = spans.map(({ start, count }) =>
    choose({ start, count, budget: budgetOf(count, retention) }).map((index) => index + start),
  );
  return Int32Array.from(kept.flatMap((indices) => [...indices]));
}

/** Columns of one scope of a `[vision]` vector, without a copy. */
export function scopeOf(vector: Float32Array, { start, count }: SelectionScope): Float32Array {
  return vector.subarray(start, start + count);
}
