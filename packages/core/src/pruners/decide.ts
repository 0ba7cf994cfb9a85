import { checkRetention } from "../selection/budget.ts";
import { checkBudget, selectPerView } from "../selection/per-view.ts";
import type { BudgetMode, SelectionScope } from "../selection/per-view.ts";
import type { PruneContext, PruneDecision, TokenPruner } from "../token-pruner.ts";

/** Options that every ratio-based pruner takes. */
export interface RetentionOptions {
  /** Share of the visual tokens that is kept, in (0, 1]. */
  readonly retention: number;
  /** Whether each camera keeps its own share (default) or all compete for one budget. */
  readonly budget?: BudgetMode;
}

/** Names of the options above. */
export const RETENTION_OPTIONS = ["retention", "budget"] as const;

/** Keeps every visual token, for the given reason. */
export function dense(context: Pick<PruneContext, "vision">, reason: string): PruneDecision {
  return {
    decision: "dense",
    keep: Int32Array.from({ length: context.vision }, (_, index) => index),
    reason,
  };
}

/**
 * A pruner that keeps a fixed share of every scope: checks the ratio once, handles ratio 1, and leaves
 * only the choice within one scope to `choose`.
 *
 * @param choose returns `scope.budget` indices within the scope, ascending
 */
export function ratioPruner(
  name: string,
  options: RetentionOptions,
  choose: (context: PruneContext, scope: SelectionScope) => Int32Array,
): TokenPruner {
  const retention = checkRetention(options.retention);
  const mode = checkBudget(options.budget);
  return {
    name,
    retention,
    select(context) {
      if (retention === 1) return dense(context, "retention-1");
      const keep = selectPerView(context.views, retention, mode, (scope) => choose(context, scope));
      return { decision: "pruned", keep, reason: name };
    },
  };
}
