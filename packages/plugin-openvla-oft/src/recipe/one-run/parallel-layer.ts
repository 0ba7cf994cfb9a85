import {
  fullAttention,
  fusedLayer,
  openAttention,
  packedWidths,
  rotate,
  split,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import type { DecoderSizes, RotaryTables, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";

/** Queries and keys of a layer, rotated. */
export interface RotatedRows {
  /** `[1, rows, heads · headSize]`. */
  readonly query: Value;
  /** `[1, rows, keyValueHeads · headSize]`. */
  readonly key: Value;
  readonly value: Value;
}

/** Rotated queries and keys out of a packed product. */
export function rotatedRows(
  graph: GraphBuilder,
  packed: Value,
  sizes: DecoderSizes,
  positionIds: Value,
  tables: RotaryTables,
): RotatedRows {
  const [rawQuery = "", rawKey = "", value = ""] = split(graph, packed, packedWidths(sizes));
  return {
    query: rotate(graph, rawQuery, positionIds, tables, sizes.heads),
    key: rotate(graph, rawKey, positionIds, tables, sizes.keyValueHeads),
    value,
  };
}

/** Decoder layers `from` … `to` − 1, one on the other. */
export function parallelLayers(
  graph: GraphBuilder,
  start: Stream,
  [from, to]: readonly [number, number],
  sizes: DecoderSizes,
  positionIds: Value,
  tables: RotaryTables,
): { readonly stream: Stream; /** By layer. */ readonly rows: ReadonlyMap<number, RotatedRows> } {
  const rows = new Map<number, RotatedRows>();
  let stream = start;
  for (let layer = from; layer < to; layer += 1) {
    const made = parallelLayer(graph, stream, layer, sizes, positionIds, tables);
    rows.set(layer, made.rows);
    ({ stream } = made);
  }
  return { stream, rows };
}

/** A decoder layer in which every row sees every other, in few nodes. */
function parallelLayer(
  graph: GraphBuilder,
  stream: Stream,
  layer: number,
  sizes: DecoderSizes,
  positionIds: Value,
  tables: RotaryTables,
): { readonly stream: Stream; readonly rows: RotatedRows } {
  const { stream: next, attended } = fusedLayer(graph, stream, `${LAYERS}${layer}.`, sizes, (packed) => {
    const rows = rotatedRows(graph, packed, sizes, positionIds, tables);
    return { output: attend(graph, rows, sizes), rows };
  });
  return { stream: next, rows: attended.rows };
}

function attend(graph: GraphBuilder, { query, key, value }: RotatedRows, sizes: DecoderSizes): Value {
  const { heads, keyValueHeads, headSize } = sizes;
  if (heads === keyValueHeads) return fullAttention(graph, { query, key, value }, heads, headSize);
  const [keys, values] = [splitHeads(graph, key, sizes), splitHeads(graph, value, sizes)];
  return openAttention(graph, { query, keys, values }, sizes).output;
}
