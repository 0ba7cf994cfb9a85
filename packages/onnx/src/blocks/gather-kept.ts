import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { concat, range, sizeOfAxis, slice } from "./shapes.ts";

/**
 * Sequence rows that stay at the cut, int64 `[kept sequence]`, ascending: all rows before the picture, the
 * kept ones of the picture, all rows after it.
 *
 * @param hidden `[1, sequence, hidden]`
 * @param keepIndices visual indices, int64 `[kept]`, ascending
 * @param visionSpan int64 `[2]`: first row of the picture and its rows; `[0, 0]` where there is none
 */
export function keptRows(graph: GraphBuilder, hidden: Value, keepIndices: Value, visionSpan: Value): Value {
  return graph.scope("kept_rows", () => {
    const start = slice(graph, visionSpan, 0, 1, 0);
    const count = slice(graph, visionSpan, 1, 2, 0);
    const before = range(graph, 0, start);
    const kept = graph.node("Add", [keepIndices, start]);
    const after = range(graph, graph.node("Add", [start, count]), sizeOfAxis(graph, hidden, 1));
    return concat(graph, [before, kept, after], 0);
  });
}

/** Rows of axis 1, in the given order. */
export function gatherRows(graph: GraphBuilder, x: Value, rows: Value): Value {
  return graph.node("Gather", [x, rows], { attributes: { axis: { int: 1 } } });
}
