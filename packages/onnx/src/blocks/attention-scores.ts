import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { HeadSizes } from "./head-sizes.ts";
import { cast, range, reshape, sizeOfAxis, transpose, unsqueeze } from "./shapes.ts";

const MASKED = -3.4e38;

/**
 * Scaled products of every query with every key, float32 `[1, keyValueHeads, group, sequence, total]`.
 *
 * @param query rotated, `[1, sequence, heads · headSize]`
 * @param presentKey rotated, `[1, keyValueHeads, total, headSize]`
 */
export function attentionScores(graph: GraphBuilder, query: Value, presentKey: Value, sizes: HeadSizes): Value {
  const { keyValueHeads, heads, headSize } = sizes;
  const group = heads / keyValueHeads;
  const scaled = graph.node("Mul", [query, graph.constants.float(1 / Math.sqrt(headSize), graph.floatType)]);
  const grouped = transpose(graph, reshape(graph, scaled, 0, -1, keyValueHeads, group, headSize), 0, 2, 3, 1, 4);
  const keys = unsqueeze(graph, transpose(graph, presentKey, 0, 1, 3, 2), 2); // [1, kv, 1, size, total]
  return cast(graph, graph.node("MatMul", [grouped, keys]), graph.floatType, "float32");
}

/**
 * `[sequence, total]`: 0 where a row sees a column, a huge negative number elsewhere. The last row sees
 * every column, whatever is in the cache.
 */
export function causalMask(graph: GraphBuilder, query: Value, presentKey: Value): Value {
  const total = sizeOfAxis(graph, presentKey, 2);
  const past = graph.node("Sub", [total, sizeOfAxis(graph, query, 1)]);
  const rows = unsqueeze(graph, range(graph, past, total), 1);
  const columns = unsqueeze(graph, range(graph, graph.constants.ints(0), total), 0);
  const later = graph.node("Less", [rows, columns]);
  return graph.node("Where", [later, graph.constants.float(MASKED), graph.constants.float(0)]);
}
