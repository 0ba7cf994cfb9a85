import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { cast, concat, END, mean, slice, squeeze, sum, transpose } from "./shapes.ts";
import type { ColumnRange } from "./shapes.ts";

export interface SemanticRanges {
  /** Rows averaged for `prefill`. */
  readonly prefill: ColumnRange;
  /** The row that is `last`; the last one of `prefill` where absent. */
  readonly last?: ColumnRange;
  /** The instruction's rows. */
  readonly text: ColumnRange;
}

/**
 * Semantic scores from a prefill's attention map (method 2), `[4, vision]` float32: rows as in
 * `SEMANTIC_ROWS`. Where there is no text, the rows `text` and `raters` mean nothing.
 *
 * @param map head-mean attention, float32 `[sequence, vision]`
 * @param embeddings LLM inputs, `[1, sequence, hidden]`
 * @param visionTokens LLM inputs of the picture, `[1, vision, hidden]`
 */
export function semanticRows(
  graph: GraphBuilder,
  map: Value,
  embeddings: Value,
  visionTokens: Value,
  ranges: SemanticRanges,
): Value {
  return graph.scope("semantic_rows", () => {
    const rows = slice(graph, map, ranges.prefill.start, ranges.prefill.end, 0);
    const prefill = mean(graph, rows, [0], true);
    const last =
      ranges.last === undefined
        ? slice(graph, rows, -1, END, 0)
        : slice(graph, map, ranges.last.start, ranges.last.end, 0);
    const textMap = slice(graph, map, ranges.text.start, ranges.text.end, 0);
    const text = mean(graph, textMap, [0], true);
    const textEmbeddings = slice(graph, embeddings, ranges.text.start, ranges.text.end, 1);
    const raters = graph.node("MatMul", [raterWeights(graph, textEmbeddings, visionTokens), textMap]);
    return concat(graph, [prefill, last, text, raters], 0);
  });
}

/** SparseVLM: equal weights for the text tokens whose mean softmax similarity to the picture is at least average, `[1, text]`. */
export function raterWeights(graph: GraphBuilder, text: Value, vision: Value): Value {
  const wide = (value: Value): Value => cast(graph, value, graph.floatType, "float32");
  const similarity = graph.node("MatMul", [wide(vision), transpose(graph, wide(text), 0, 2, 1)]); // [1, vision, text]
  const relevance = mean(
    graph,
    graph.node("Softmax", [similarity], { attributes: { axis: { int: 2 } } }),
    [1],
  ); // [1, text]
  // Where all are alike, rounding may lift the mean above every one of them and leave no rater.
  const largest = graph.node("ReduceMax", [relevance, graph.constants.ints(1)], {
    attributes: { keepdims: { int: 1 } },
  });
  const threshold = graph.node("Min", [mean(graph, relevance, [1], true), largest]);
  const chosen = cast(graph, graph.node("GreaterOrEqual", [relevance, threshold]), "bool", "float32");
  return graph.node("Div", [chosen, sum(graph, chosen, [1], true)]);
}

/** Cosine similarity of the rows of `[1, vision, hidden]`, float32 `[vision, vision]`; norms are clamped at 1e−6. */
export function cosineSimilarity(graph: GraphBuilder, features: Value): Value {
  return graph.scope("similarity", () => {
    const flat = squeeze(graph, cast(graph, features, graph.floatType, "float32"), 0);
    // Not ReduceL2: for that CUDA takes 0.35 ms, as long as a whole layer.
    const norms = graph.node("Sqrt", [sum(graph, graph.node("Mul", [flat, flat]), [1], true)]);
    const clamped = graph.node("Max", [norms, graph.constants.float(1e-6)]);
    const unit = graph.node("Div", [flat, clamped]);
    return graph.node("MatMul", [unit, transpose(graph, unit, 1, 0)]);
  });
}
