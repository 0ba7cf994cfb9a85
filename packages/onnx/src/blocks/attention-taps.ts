import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { HeadSizes } from "./open-attention.ts";
import { causalMask } from "./causal-mask.ts";
import { attentionWeights, headMean } from "./open-attention.ts";
import { cast, concat, END, mean, reshape, slice, transpose } from "./shapes.ts";
import type { ColumnRange } from "./shapes.ts";

/**
 * Action tap: attention of the last query row over the visual columns, mean over heads. A side branch on
 * the rotated keys; the fused attention beside it stays as it is.
 *
 * The last row sees every key, so it needs no mask. Keys are not transposed: `K · qᵀ` costs a copy of the
 * query instead.
 *
 * @param query rotated, `[1, sequence, heads · headSize]`
 * @param presentKey rotated, `[1, keyValueHeads, total, headSize]`
 * @returns float32 `[1, columns]`
 */
export function actionTap(
  graph: GraphBuilder,
  query: Value,
  presentKey: Value,
  sizes: HeadSizes,
  columns: ColumnRange,
): Value {
  return graph.scope("action_tap", () => {
    const { keyValueHeads, heads, headSize } = sizes;
    const last = slice(graph, query, -1, END, 1);
    const scaled = graph.node("Mul", [last, graph.constants.float(1 / Math.sqrt(headSize), graph.floatType)]);
    const grouped = reshape(graph, scaled, 1, keyValueHeads, heads / keyValueHeads, headSize);
    const product = graph.node("MatMul", [presentKey, transpose(graph, grouped, 0, 1, 3, 2)]); // [1, kv, total, group]
    const scores = cast(graph, product, graph.floatType, "float32");
    const attention = graph.node("Softmax", [scores], { attributes: { axis: { int: 2 } } });
    return mean(graph, slice(graph, attention, columns.start, columns.end, 2), [1, 3]);
  });
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
 * among these, in order. No output where none is.
 *
 * @param layers ascending
 */
export function tapOutput<Layer extends { readonly layer: number }>(
  graph: GraphBuilder,
  layers: readonly Layer[],
  tapped: readonly number[],
  tap: (layer: Layer) => Value,
): void {
  const taps = layers.filter(({ layer }) => tapped.includes(layer)).map(tap);
  if (taps.length === 0) return;
  const stacked = taps.length === 1 ? (taps[0] ?? "") : concat(graph, taps, 0);
  graph.output(stacked, "action_attention", "float32", [taps.length, "vision_columns_seen"]);
}
