import { END, headMean, semanticRows, SEMANTIC_ROWS, span } from "@vla-pruner/onnx/blocks";
import type { ColumnRange } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { extraTokens, placeholderRows } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";

/** Where a head's attention map holds the picture's columns and the actions' rows. */
export interface HeadRanges {
  readonly columns: ColumnRange;
  readonly actions: ColumnRange;
}

/**
 * Output `semantic_attention` from the attention weights of layer K − 1. Semantic rows: `prefill` are those before the
 * placeholders, `last` is the stop token, `text` the prompt after BOS. Action rows are the placeholders, which exist
 * already below the cut.
 */
export function semanticOutput(
  graph: GraphBuilder,
  plan: OftPlan,
  weights: Value,
  embeddings: Value,
  image: Value,
): HeadRanges {
  const vision = plan.views * plan.sizes.visionTokens;
  const columns = span(graph, 1, 1 + vision);
  const actions = placeholderRows(graph, plan);
  const semantic = semanticRows(graph, headMean(graph, weights, columns), embeddings, image, {
    prefill: { start: graph.constants.ints(0), end: actions.start },
    last: span(graph, -1, END),
    text: { start: graph.constants.ints(1 + vision + extraTokens(plan)), end: actions.start },
  });
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, vision]);
  return { columns, actions };
}
