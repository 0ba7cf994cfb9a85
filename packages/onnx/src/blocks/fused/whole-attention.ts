import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { fullAttention } from "../attention.ts";
import { split } from "../linear.ts";
import { openAttention, splitHeads } from "../open-attention.ts";
import type { HeadSizes } from "../open-attention.ts";
import { rotate } from "../rotary.ts";
import type { RowPlaces } from "../open-layer.ts";
import type { LayerSizes } from "../transformer-layer.ts";
import { packedWidths } from "./fused-layer.ts";

/** Rotated queries and keys, and values, of some rows of a layer: heads lie side by side. */
export interface RotatedRows {
  /** `[1, rows, heads · headSize]`. */
  readonly query: Value;
  /** `[1, rows, keyValueHeads · headSize]`. */
  readonly key: Value;
  /** `[1, rows, keyValueHeads · headSize]`. */
  readonly value: Value;
}

/** Rotated queries and keys out of a packed product. */
export function rotatedRows(
  graph: GraphBuilder,
  packed: Value,
  sizes: LayerSizes,
  { positionIds, tables }: RowPlaces,
): RotatedRows {
  const [query = "", key = "", value = ""] = split(graph, packed, packedWidths(sizes));
  return {
    query: rotate(graph, query, positionIds, tables, sizes.heads),
    key: rotate(graph, key, positionIds, tables, sizes.keyValueHeads),
    value,
  };
}

/**
 * Attention of every query to every key, `[1, rows, heads · headSize]`, in one node where heads of keys and values are as
 * many as those of queries.
 */
export function wholeAttention(
  graph: GraphBuilder,
  { query, key, value }: RotatedRows,
  sizes: HeadSizes,
): Value {
  const { heads, keyValueHeads, headSize } = sizes;
  if (heads === keyValueHeads) return fullAttention(graph, { query, key, value }, heads, headSize);
  const [keys, values] = [splitHeads(graph, key, sizes), splitHeads(graph, value, sizes)];
  return openAttention(graph, { query, keys, values }, sizes).output;
}
