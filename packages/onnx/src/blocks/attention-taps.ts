import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { HeadSizes } from "./open-attention.ts";
import { causalMask } from "./causal-mask.ts";
import { attentionWeights, headMean } from "./open-attention.ts";
import { cast, concat, END, mean, reshape, slice, squeeze, transpose, unsqueeze } from "./shapes.ts";
import type { ColumnRange } from "./shapes.ts";

/** Which rows an action tap reads, where they are not the last one alone. */
export interface TappedTail {
  /** First of the rows, from the end: int64 `[1]`, −1 for the last. */
  readonly start: Value;
  /** Columns of the cache that mean something, int64 `[1]`. */
  readonly filled: Value;
}

/**
 * Action tap: attention of the last query rows over the visual columns, mean over heads. A side branch on
 * the rotated keys; the fused attention beside it stays as it is.
 *
 * The last row alone sees every key, so it needs no mask. Keys are not transposed: `K · qᵀ` costs a copy of
 * the query instead.
 *
 * @param query rotated, `[1, sequence, heads · headSize]`
 * @param presentKey rotated, `[1, keyValueHeads, total, headSize]`
 * @returns float32 `[1, columns]`; with a tail `[1, rows, columns]`
 */
export function actionTap(
  graph: GraphBuilder,
  query: Value,
  presentKey: Value,
  sizes: HeadSizes,
  columns: ColumnRange,
  tail?: TappedTail,
): Value {
  return graph.scope("action_tap", () => {
    const { keyValueHeads, heads, headSize } = sizes;
    const last = slice(graph, query, tail?.start ?? -1, END, 1);
    const scaled = graph.node("Mul", [last, graph.constants.float(1 / Math.sqrt(headSize), graph.floatType)]);
    const group = heads / keyValueHeads;
    const split = reshape(graph, scaled, 1, -1, keyValueHeads, group, headSize);
    const upright = reshape(graph, transpose(graph, split, 0, 2, 4, 1, 3), 1, keyValueHeads, headSize, -1);
    const product = graph.node("MatMul", [presentKey, upright]); // [1, kv, total, rows · group]
    const scores = cast(
      graph,
      reshape(graph, product, 1, keyValueHeads, 0, -1, group),
      graph.floatType,
      "float32",
    );
    const seen =
      tail === undefined ? scores : graph.node("Add", [scores, tailMask(graph, last, presentKey, tail)]);
    const attention = graph.node("Softmax", [seen], { attributes: { axis: { int: 2 } } });
    const visual = mean(graph, slice(graph, attention, columns.start, columns.end, 2), [1, 4]); // [1, columns, rows]
    const rows = transpose(graph, visual, 0, 2, 1);
    return tail === undefined ? squeeze(graph, rows, 1) : rows;
  });
}

/** float32 `[total, rows, 1]`. */
function tailMask(graph: GraphBuilder, rows: Value, presentKey: Value, { filled }: TappedTail): Value {
  return unsqueeze(graph, transpose(graph, causalMask(graph, rows, presentKey, filled), 1, 0), 2);
}

/**
 * The head-mean attention map of a prefill over the visual columns, `[sequence, columns]`, float32.
 *
 * @param query rotated, `[1, sequence, heads · headSize]`
 * @param presentKey rotated, `[1, keyValueHeads, sequence, headSize]`
 * @param causal whether a row sees only the columns up to itself
 */
export function attentionMap(
  graph: GraphBuilder,
  query: Value,
  presentKey: Value,
  sizes: HeadSizes,
  columns: ColumnRange,
  causal: boolean,
): Value {
  return graph.scope("attention_map", () => {
    const mask = causal ? causalMask(graph, query, presentKey) : undefined;
    return headMean(graph, attentionWeights(graph, query, presentKey, sizes, mask), columns);
  });
}

/**
 * Output `action_attention`, float32 `[tapped, columns]`: one tap `[1, columns]` of each tapped layer that is
 * among these, in order. No output where none is. With `rows`, `[tapped, rows, columns]` of taps `[1, rows, columns]`.
 *
 * @param layers ascending
 */
export function tapOutput<Layer extends { readonly layer: number }>(
  graph: GraphBuilder,
  layers: readonly Layer[],
  tapped: readonly number[],
  tap: (layer: Layer) => Value,
  rows: readonly "rows"[] = [],
): void {
  const taps = layers.filter(({ layer }) => tapped.includes(layer)).map(tap);
  if (taps.length === 0) return;
  const stacked = taps.length === 1 ? (taps[0] ?? "") : concat(graph, taps, 0);
  graph.output(stacked, "action_attention", "float32", [taps.length, ...rows, "vision_columns_seen"]);
}
