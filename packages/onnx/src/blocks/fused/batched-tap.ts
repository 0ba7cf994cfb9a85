import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import type { HeadSizes } from "../open-attention.ts";
import { rotate } from "../rotary.ts";
import type { RotaryTables } from "../rotary.ts";
import { cast, concat, mean, reshape, transpose, unsqueeze } from "../shapes.ts";

export interface TappedRows {
  /** Layers that are tapped. */
  readonly layers: number;
  /** Rows of each. */
  readonly rows: number;
  /** Queries, not yet rotated, `[layers, rows, heads · headSize]`. */
  readonly queries: Value;
  /** Rotated keys of each layer, `[1, keyValueHeads, columns, headSize]`. */
  readonly keys: readonly Value[];
  /** Positions of the rows, int64 `[rows]`. */
  readonly positions: Value;
  /** float32 `[rows, columns]`, added to the scores: columns that a row does not see, and room that is not used. */
  readonly mask: Value;
}

interface RotatedTap {
  readonly layers: number;
  readonly rows: number;
  readonly queries: Value;
  readonly keys: Value;
  readonly mask?: Value;
}

/**
 * Action taps of several layers at once: attention of the rows to all columns, mean over heads and rows,
 * float32 `[layers, columns]`. A few wide nodes in place of a few for each layer and row.
 */
export function batchedTap(
  graph: GraphBuilder,
  { layers, rows, queries, keys, positions, mask }: TappedRows,
  tables: RotaryTables,
  sizes: HeadSizes,
): Value {
  return graph.scope("action_taps", () => {
    const { constants } = graph;
    const places = graph.node("Expand", [unsqueeze(graph, positions, 0), constants.ints(layers, rows)]);
    const rotated = rotate(graph, queries, places, tables, sizes.heads);
    const all = keys.length === 1 ? (keys[0] ?? "") : concat(graph, keys, 0);
    return rowsAttention(graph, { layers, rows, queries: rotated, keys: all, mask }, sizes);
  });
}

/**
 * Attention of some rows of several layers to all columns, mean over heads and rows, float32 `[layers, columns]`.
 *
 * @param rows.queries rotated, `[layers, rows, heads · headSize]`
 * @param rows.keys rotated, `[layers, keyValueHeads, columns, headSize]`
 */
export function rowsAttention(
  graph: GraphBuilder,
  { layers, rows, queries, keys, mask }: RotatedTap,
  { heads, keyValueHeads, headSize }: HeadSizes,
): Value {
  return graph.scope("rows_attention", () => {
    const factor = graph.constants.float(1 / Math.sqrt(headSize), graph.floatType);
    const scaled = graph.node("Mul", [queries, factor]);
    const group = heads / keyValueHeads;
    const split = reshape(graph, scaled, layers, rows, keyValueHeads, group, headSize);
    const grouped = reshape(
      graph,
      transpose(graph, split, 0, 2, 3, 1, 4),
      layers,
      keyValueHeads,
      group * rows,
      headSize,
    );
    const product = graph.node("MatMul", [grouped, transpose(graph, keys, 0, 1, 3, 2)]);
    const scores = cast(graph, reshape(graph, product, layers, heads, rows, -1), graph.floatType, "float32");
    const masked = mask === undefined ? scores : graph.node("Add", [scores, mask]);
    const attention = graph.node("Softmax", [masked], { attributes: { axis: { int: -1 } } });
    return mean(graph, attention, [1, 2]);
  });
}
