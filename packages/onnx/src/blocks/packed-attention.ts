import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { linearMatrix, vector } from "./linear.ts";
import type { HeadSizes } from "./open-attention.ts";

/**
 * Attention of every row to every row with its projections, in one node: `[batch, sequence, hidden]` →
 * `[batch, sequence, heads · headSize]`. Heads of queries, keys and values are as many.
 *
 * @param names of three matrices, or of one that holds all, without `.weight` and `.bias`
 */
export function packedAttention(
  graph: GraphBuilder,
  x: Value,
  names: readonly string[],
  { hidden, heads, headSize }: HeadSizes & { readonly hidden: number },
): Value {
  const width = heads * headSize;
  const widths = names.length === 1 ? [3 * width] : [width, width, width];
  const weights = names.map((name) => `${name}.weight`);
  const matrix = linearMatrix(graph, { weights, input: hidden, outputs: widths });
  const biases = vector(
    graph,
    names.map((name) => `${name}.bias`),
    widths,
  );
  return graph.node("Attention", [x, matrix, biases], {
    domain: "com.microsoft",
    attributes: { num_heads: { int: heads }, scale: { float: 1 / Math.sqrt(headSize) } },
  });
}
