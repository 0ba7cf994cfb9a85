import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { SemanticRows } from "@vla-pruner/format";
import { checkTemporalOptions, TEMPORAL_OPTIONS } from "../memory/temporal-options.ts";
import type { TemporalOptions } from "../memory/temporal-options.ts";
import { pickOptions } from "../pick-options.ts";
import { checkRetention } from "../selection/budget.ts";
import { maxRelevance } from "../selection/max-relevance.ts";
import { minRedundancy } from "../selection/min-redundancy.ts";
import { checkBudget, scopeOf, selectPerView } from "../selection/per-view.ts";
import { topK } from "../selection/top-k.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { dense, RETENTION_OPTIONS } from "./decide.ts";
import type { RetentionOptions } from "./decide.ts";
import { semanticScore } from "./semantic-score.ts";

export interface VlaPrunerOptions extends RetentionOptions, TemporalOptions {
  /** Rows of the semantic score; the model's own default where absent. */
  readonly semanticRows?: SemanticRows;
  /** Corrects the causal bias of `prefill` rows. Ours, not the paper's. Default false. */
  readonly visibleRows?: boolean;
  /**
   * Candidates that each level names, in budgets, at least 1. Ours; the paper's, and the default, is 1: the more, the more
   * the diversity filter decides. From `1 / retention` on every token is a candidate, as in DivPrune.
   */
  readonly candidates?: number;
  /**
   * Until the window is full: `dense` keeps all (reference), `semantic` prunes by that score alone, as is done anyway for
   * a model that never acts.
   */
  readonly warmup?: "dense" | "semantic";
}

/** Names of the options above. */
export const VLA_PRUNER_OPTIONS: readonly (keyof VlaPrunerOptions)[] = [
  ...RETENTION_OPTIONS,
  ...TEMPORAL_OPTIONS,
  "semanticRows",
  "visibleRows",
  "candidates",
  "warmup",
];

/**
 * VLA-Pruner (arXiv 2511.16449): top tokens by semantic attention and by forecast action attention are
 * joined (max relevance), then thinned to the budget by max-min diversity (min redundancy).
 */
export function vlaPruner(options: VlaPrunerOptions): TokenPruner {
  checkOptions("vlaPruner", options, VLA_PRUNER_OPTIONS);
  const retention = checkRetention(options.retention);
  checkTemporalOptions(options);
  const { warmup = "dense", candidates: share = 1 } = options;
  const budget = checkBudget(options.budget);
  checkWarmup(warmup);
  checkCandidates(share);
  return {
    name: "vla-pruner",
    retention,
    temporal: pickOptions(options, TEMPORAL_OPTIONS),
    ...(options.semanticRows && { semanticRows: options.semanticRows }),
    select(context) {
      if (retention === 1) return dense(context, "retention-1");
      const { forecast, similarity, vision, acts = true } = context;
      if (forecast === null && warmup === "dense" && acts) return dense(context, "warm-up");
      const semantic = semanticScore(
        context.semantic,
        options.semanticRows ?? context.semanticRows,
        options.visibleRows,
      );
      const keep = selectPerView(context.views, retention, budget, (scope) => {
        const relevance = scopeOf(semantic, scope);
        const named = Math.min(scope.count, Math.ceil(share * scope.budget));
        const candidates =
          forecast === null
            ? topK(relevance, named)
            : maxRelevance(relevance, scopeOf(forecast, scope), named);
        const absolute = candidates.map((index) => index + scope.start);
        return minRedundancy(absolute, similarity, vision, scope.budget).map((index) => index - scope.start);
      });
      const alone = acts ? "warm-up-semantic" : "semantic";
      return { decision: "pruned", keep, reason: forecast === null ? alone : "combined" };
    },
  };
}

function checkWarmup(warmup: unknown): void {
  if (warmup === "dense" || warmup === "semantic") return;
  throw new VlaPrunerError("invalid-option", {
    expected: 'warmup: "dense" or "semantic"',
    found: String(warmup),
    fix: "leave it out for the reference's dense warm-up",
  });
}

function checkCandidates(candidates: number): void {
  if (Number.isFinite(candidates) && candidates >= 1) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "candidates: a number of at least 1",
    found: String(candidates),
    fix: "leave it out for the paper's 1",
  });
}
