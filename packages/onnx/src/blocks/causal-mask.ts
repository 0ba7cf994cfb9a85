import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { range, sizeOfAxis, unsqueeze } from "./shapes.ts";

const MASKED = -3.4e38;

/**
 * float32 `[sequence, total]`: 0 where a row sees a column, a huge negative number elsewhere. The last row
 * sees every column, whatever lies in the cache.
 *
 * @param query `[1, sequence, …]`
 * @param presentKey `[1, keyValueHeads, total, headSize]`
 * @param filled int64 `[1]`: columns that mean something, where a cache was shortened without being cut
 */
export function causalMask(graph: GraphBuilder, query: Value, presentKey: Value, filled?: Value): Value {
  const total = sizeOfAxis(graph, presentKey, 2);
  const end = filled ?? total;
  const past = graph.node("Sub", [end, sizeOfAxis(graph, query, 1)]);
  const rows = unsqueeze(graph, range(graph, past, end), 1);
  const columns = unsqueeze(graph, range(graph, 0, total), 0);
  const later = graph.node("Less", [rows, columns]);
  return graph.node("Where", [later, graph.constants.float(MASKED), graph.constants.float(0)]);
}
