import { checkRetention } from "../selection/budget.ts";
import { selectPerView } from "../selection/per-view.ts";
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

/** Those of some options that have one of the names, and a value. */
export function pickOptions<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  const given = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]])) as Pick<Options, Name>;
}

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
  const mode = options.budget ?? "per-view";
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
