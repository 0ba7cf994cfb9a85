import { reshape } from "@vla-pruner/onnx/blocks";
import type { HeadSizes } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Columns } from "./prefix-pass.ts";

/** Columns with room before them, for rows that are written into it again and again. */
export interface RowRoom {
  /** Layer by layer, `[1, rows + columns, keyValueHeads · headSize]`. */
  readonly columns: readonly Columns[];
  /** Where the rows go, int64 `[1, rows, keyValueHeads · headSize]`. */
  readonly places: Value;
}

/**
 * Room for rows, before the columns: there their places do not hang on how many columns there are, and attention asks for no
 * order. A `Concat` would do the same, but on CUDA one of parts of unlike sizes copies four tables from the host each time,
 * which takes longer than the joining.
 */
export function rowRoom(
  graph: GraphBuilder,
  columns: readonly Columns[],
  rows: number,
  { keyValueHeads, headSize }: HeadSizes,
): RowRoom {
  const padded = (x: Value): Value => graph.node("Pad", [x, graph.constants.ints(0, rows, 0, 0, 0, 0)]);
  const numbers = graph.constants.ints(...Array.from({ length: rows }, (_, row) => row));
  const dims = graph.constants.ints(1, rows, keyValueHeads * headSize);
  return {
    columns: columns.map(({ key, value }) => ({ key: padded(key), value: padded(value) })),
    places: graph.node("Expand", [reshape(graph, numbers, 1, rows, 1), dims]),
  };
}

/** The columns of a layer with rows in their room. */
export function filledRoom(
  graph: GraphBuilder,
  { columns, places }: RowRoom,
  layer: number,
  rows: Columns,
): Columns {
  const filled = (room: Value, written: Value): Value =>
    graph.node("ScatterElements", [room, places, written], { attributes: { axis: { int: 1 } } });
  const { key = "", value = "" } = columns[layer] ?? {};
  return { key: filled(key, rows.key), value: filled(value, rows.value) };
}
