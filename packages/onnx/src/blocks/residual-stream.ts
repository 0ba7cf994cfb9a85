import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { BiasedProduct } from "./biased-product.ts";
import { layerNorm, layerNormWeights } from "./norms.ts";

/**
 * Rows that layers add to, `[…, hidden]`, and what was added last: a product whose bias is still to come. It is
 * added where the next norm reads the rows, in one node with the norm.
 */
export interface ResidualStream {
  readonly rows: Value;
  readonly added?: BiasedProduct;
}

/** Layer norm of a stream, and the stream with everything added. */
export function streamNorm(
  graph: GraphBuilder,
  { rows, added }: ResidualStream,
  name: string,
  size: number,
  epsilon: number,
): { readonly normed: Value; readonly stream: ResidualStream } {
  if (added === undefined) return { normed: layerNorm(graph, rows, name, size, epsilon), stream: { rows } };
  const inputs = [added.product, rows, ...layerNormWeights(graph, name, size), added.bias];
  const [normed = "", , , sum = ""] = graph.nodes("SkipLayerNormalization", inputs, 4, {
    domain: "com.microsoft",
    attributes: { epsilon: { float: epsilon } },
  });
  return { normed, stream: { rows: sum } };
}

/** The rows of a stream with everything added. */
export function streamRows(graph: GraphBuilder, { rows, added }: ResidualStream): Value {
  if (added === undefined) return rows;
  return graph.node("Add", [rows, graph.node("Add", [added.product, added.bias])]);
}
