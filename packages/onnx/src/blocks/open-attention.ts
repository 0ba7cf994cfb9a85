import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { cast, mean, reshape, slice, transpose, unsqueeze } from "./shapes.ts";
import type { ColumnRange } from "./shapes.ts";

/** Heads of one attention layer. */
export interface HeadSizes {
  readonly heads: number;
  /** Key/value heads; fewer than `heads` under grouped-query attention. */
  readonly keyValueHeads: number;
  readonly headSize: number;
}

/** Attention that is written out operator by operator, so that its weights can be tapped. */
export interface OpenAttention {
  /** `[1, rows, heads · headSize]`. */
  readonly output: Value;
  /** float32 `[1, keyValueHeads, heads / keyValueHeads, rows, columns]`. */
  readonly weights: Value;
}

/**
 * Attention of the given queries to the given keys, every row to every column unless a mask says
 * otherwise.
 *
 * @param query rotated, `[1, rows, heads · headSize]`
 * @param keys rotated, `[1, keyValueHeads, columns, headSize]`
 * @param values `[1, keyValueHeads, columns, headSize]`
 * @param mask float32, added to the scores; broadcast to `[rows, columns]`
 */
export function openAttention(
  graph: GraphBuilder,
  { query, keys, values }: { query: Value; keys: Value; values: Value },
  sizes: HeadSizes,
  mask?: Value,
): OpenAttention {
  const weights = attentionWeights(graph, query, keys, sizes, mask);
  const narrow = cast(graph, weights, "float32", graph.floatType);
  const product = graph.node("MatMul", [narrow, unsqueeze(graph, values, 2)]); // [1, kv, group, rows, size]
  const output = reshape(
    graph,
    transpose(graph, product, 0, 3, 1, 2, 4),
    1,
    -1,
    sizes.heads * sizes.headSize,
  );
  return { output, weights };
}

/** Softmax of the scaled products of queries and keys: float32 `[1, keyValueHeads, group, rows, columns]`. */
export function attentionWeights(
  graph: GraphBuilder,
  query: Value,
  keys: Value,
  sizes: HeadSizes,
  mask?: Value,
): Value {
  const { keyValueHeads, heads, headSize } = sizes;
  const scaled = graph.node("Mul", [query, graph.constants.float(1 / Math.sqrt(headSize), graph.floatType)]);
  const split = reshape(graph, scaled, 0, -1, keyValueHeads, heads / keyValueHeads, headSize);
  const grouped = transpose(graph, split, 0, 2, 3, 1, 4); // [1, kv, group, rows, size]
  const upright = unsqueeze(graph, transpose(graph, keys, 0, 1, 3, 2), 2); // [1, kv, 1, size, columns]
  const product = cast(graph, graph.node("MatMul", [grouped, upright]), graph.floatType, "float32");
  const scores = mask === undefined ? product : graph.node("Add", [product, mask]);
  return graph.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
}

/** `[1, columns, keyValueHeads · headSize]` → `[1, keyValueHeads, columns, headSize]`. */
export function splitHeads(graph: GraphBuilder, x: Value, { keyValueHeads, headSize }: HeadSizes): Value {
  return transpose(graph, reshape(graph, x, 0, -1, keyValueHeads, headSize), 0, 2, 1, 3);
}

/** Attention weights over some columns, mean over heads: float32 `[rows, columns]`. */
export function headMean(graph: GraphBuilder, weights: Value, columns: ColumnRange): Value {
  return mean(graph, slice(graph, weights, columns.start, columns.end, 4), [0, 1, 2]);
}

/** Attention of some rows to some columns, mean over heads and rows: float32 `[1, columns]`. */
export function rowsTap(graph: GraphBuilder, weights: Value, rows: ColumnRange, columns: ColumnRange): Value {
  return graph.scope("action_tap", () => {
    const part = slice(graph, slice(graph, weights, rows.start, rows.end, 3), columns.start, columns.end, 4);
    return mean(graph, part, [1, 2, 3]);
  });
}
