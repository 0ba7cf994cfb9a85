import { VlaPrunerError } from "@vla-pruner/errors";
import { checkTemporalOptions } from "../memory/check-temporal-options.ts";
import type { TemporalOptions } from "../memory/temporal-options.ts";
import { checkRetention } from "../selection/budget.ts";
import { maxRelevance } from "../selection/max-relevance.ts";
import { minRedundancy } from "../selection/min-redundancy.ts";
import { scopeOf, selectPerView } from "../selection/per-view.ts";
import { topK } from "../selection/top-k.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { SemanticRows } from "../vla-adapter.ts";
import { dense } from "./decide.ts";
import type { RetentionOptions } from "./decide.ts";
import { semanticScore } from "./semantic-score.ts";

export interface VlaPrunerOptions extends RetentionOptions, TemporalOptions {
  /** Rows of the semantic score; the model's own default where absent. */
  readonly semanticRows?: SemanticRows;
  /** Corrects the causal bias of `prefill` rows. Ours, not the paper's. Default false. */
  readonly visibleRows?: boolean;
  /** Until the window is full: `dense` keeps all (reference), `semantic` prunes by that score alone. */
  readonly warmup?: "dense" | "semantic";
}

/**
 * VLA-Pruner (arXiv 2511.16449): top tokens by semantic attention and by forecast action attention are
 * joined (max relevance), then thinned to the budget by max-min diversity (min redundancy).
 */
export function vlaPruner(options: VlaPrunerOptions): TokenPruner {
  const retention = checkRetention(options.retention);
  checkTemporalOptions(options);
  const { warmup = "dense", budget = "per-view" } = options;
  if (warmup !== "dense" && warmup !== "semantic") {
    throw new VlaPrunerError("invalid-option", {
      expected: 'warmup: "dense" or "semantic"',
      found: String(warmup),
      fix: "leave it out for the reference's dense warm-up",
    });
  }
  return {
    name: "vla-pruner",
    retention,
    temporal: options,
    ...(options.semanticRows && { semanticRows: options.semanticRows }),
    select(context) {
      if (retention === 1) return dense(context, "retention-1");
      const { forecast, similarity, vision } = context;
      if (forecast === null && warmup === "dense") return dense(context, "warm-up");
      const semantic = semanticScore(
        context.semantic,
        options.semanticRows ?? context.semanticRows,
        options.visibleRows,
      );
      const keep = selectPerView(context.views, retention, budget, (scope) => {
        const relevance = scopeOf(semantic, scope);
        if (forecast === null) return topK(relevance, scope.budget);
        const candidates = maxRelevance(relevance, scopeOf(forecast, scope), scope.budget);
        const absolute = candidates.map((index) => index + scope.start);
        return minRedundancy(absolute, similarity, vision, scope.budget).map((index) => index - scope.start);
      });
      return { decision: "pruned", keep, reason: forecast === null ? "warm-up-semantic" : "combined" };
    },
  };
}
