import { checkOptions } from "@vla-pruner/format";
import type { SemanticRows } from "@vla-pruner/format";
import { scopeOf } from "../selection/per-view.ts";
import { topK } from "../selection/top-k.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { ratioPruner, RETENTION_OPTIONS } from "./decide.ts";
import type { RetentionOptions } from "./decide.ts";
import { semanticScore } from "./semantic-score.ts";

/** FastV (ECCV 2024): top tokens by the last prompt row's attention at layer K−1. */
export function fastv(options: RetentionOptions): TokenPruner {
  return byRows("fastv", "last", options);
}

/** Top tokens by the mean attention of the instruction's rows at layer K−1. */
export function textVision(options: RetentionOptions): TokenPruner {
  return byRows("text-vision", "text", options);
}

/** SparseVLM (ICML 2025), single shot: only the text rows closest to the picture rate the tokens. */
export function sparseVlm(options: RetentionOptions): TokenPruner {
  return byRows("sparsevlm", "raters", options);
}

function byRows(name: string, rows: SemanticRows, options: RetentionOptions): TokenPruner {
  checkOptions(name, options, RETENTION_OPTIONS);
  const pruner = ratioPruner(name, options, ({ semantic }, scope) =>
    topK(scopeOf(semanticScore(semantic, rows), scope), scope.budget),
  );
  return { ...pruner, semanticRows: rows };
}
