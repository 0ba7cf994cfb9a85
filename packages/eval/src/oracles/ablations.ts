import {
  dense,
  maxRelevance,
  recommended,
  scopeOf,
  selectPerView,
  semanticScore,
  topK,
  vlaPruner,
} from "@vla-pruner/core";
import type { PruneContext, SelectionScope, TokenPruner, VlaPrunerOptions } from "@vla-pruner/core";

/** Chooses `scope.budget` indices within a scope, ascending. */
type Choose = (semantic: Float32Array, forecast: Float32Array, scope: SelectionScope) => Int32Array;

/** VLA-Pruner without semantic attention and filter: the top tokens by forecast action attention. */
export function actionOnly(options: VlaPrunerOptions): TokenPruner {
  return changed("action-only", options, (_semantic, forecast, { budget }) => topK(forecast, budget));
}

/** VLA-Pruner without action attention and filter: the top tokens by the model's own semantic rows. */
export function semanticOnly(options: VlaPrunerOptions): TokenPruner {
  return changed("semantic-only", options, (semantic, _forecast, { budget }) => topK(semantic, budget));
}

/** VLA-Pruner's candidates, thinned by the sum of both scores (each scaled to a sum of 1) in place of diversity. */
export function noDiversity(options: VlaPrunerOptions): TokenPruner {
  return changed("no-diversity", options, (semantic, forecast, { budget }) => {
    const candidates = maxRelevance(semantic, forecast, budget);
    const [left, right] = [totalOf(semantic), totalOf(forecast)];
    const scores = Float32Array.from(
      candidates,
      (token) => (semantic[token] ?? 0) / left + (forecast[token] ?? 0) / right,
    );
    return topK(scores, budget).map((place) => candidates[place] ?? 0);
  });
}

/** `recommended` with candidates of the semantic level alone; the diversity filter chooses among them. */
export function semanticDiverse(options: VlaPrunerOptions): TokenPruner {
  return oneLevel("semantic-diverse", options, (context) => {
    const { semanticRows = context.semanticRows, visibleRows } = options;
    return { ...context, forecast: semanticScore(context.semantic, semanticRows, visibleRows) };
  });
}

/** `recommended` with candidates of the action level alone, as soon as there is a forecast. */
export function actionDiverse(options: VlaPrunerOptions): TokenPruner {
  return oneLevel("action-diverse", options, (context, forecast) => {
    const { semanticRows = context.semanticRows } = options;
    const scores = { [semanticRows]: forecast };
    return { ...context, semantic: { ...context.semantic, scores, visibleRows: null } };
  });
}

/** `recommended` that is shown the same scores on both levels, once there is a forecast. */
function oneLevel(
  name: string,
  options: VlaPrunerOptions,
  shown: (context: PruneContext, forecast: Float32Array) => PruneContext,
): TokenPruner {
  const original = recommended(options);
  const select: TokenPruner["select"] = (context) =>
    original.select(context.forecast === null ? context : shown(context, context.forecast));
  return { ...original, name, select };
}

/** VLA-Pruner with another selection; options, memory and warm-up are its own. */
function changed(name: string, options: VlaPrunerOptions, choose: Choose): TokenPruner {
  const original = vlaPruner(options);
  const select = (context: PruneContext): ReturnType<TokenPruner["select"]> => {
    const { forecast } = context;
    if (forecast === null || original.retention === 1) return original.select(context);
    const { semanticRows = context.semanticRows, visibleRows, budget = "per-view" } = options;
    const semantic = semanticScore(context.semantic, semanticRows, visibleRows);
    const keep = selectPerView(context.views, options.retention, budget, (scope) =>
      choose(scopeOf(semantic, scope), scopeOf(forecast, scope), scope),
    );
    return { decision: "pruned", keep, reason: name };
  };
  return { ...original, name, select };
}

/** A pruner that keeps everything for the first `window` calls of an episode, as VLA-Pruner's reference does. */
export function denseAtFirst(pruner: TokenPruner, window = 3): TokenPruner {
  return {
    ...pruner,
    select: (context) => (context.step < window ? dense(context, "warm-up") : pruner.select(context)),
  };
}

function totalOf(scores: Float32Array): number {
  return scores.reduce((sum, score) => sum + score, 0) || 1;
}
