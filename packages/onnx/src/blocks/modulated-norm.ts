import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { scaledRmsNorm } from "./norms.ts";

/**
 * Root mean square norm over the last axis whose scale and shift come at run time (adaRMS): `[…, size]`.
 *
 * @param scale `[size]`, in place of a stored weight
 * @param shift `[size]`, added afterwards
 */
export function modulatedRmsNorm(
  graph: GraphBuilder,
  x: Value,
  scale: Value,
  shift: Value,
  epsilon: number,
): Value {
  return graph.node("Add", [scaledRmsNorm(graph, x, scale, epsilon), shift]);
}
