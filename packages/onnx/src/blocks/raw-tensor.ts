import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { Spread } from "../weights/tensor-source.ts";

/** Spread of word and position tables and of learned tokens: strong enough to tell one row from another. */
export const TABLE: Spread = { deviation: 0.5 };

/**
 * A checkpoint tensor as it is, in the graph's float type.
 *
 * @param spread of its values in synthetic checkpoints
 */
export function rawTensor(
  graph: GraphBuilder,
  name: string,
  dims: readonly number[],
  spread: Spread = {},
): Value {
  graph.expectTensor(name, dims, spread);
  return graph.weight(name, { kind: "copied", tensors: [name], dims, plus: 0 });
}
