import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { linear, split } from "./linear.ts";
import type { HeadSizes } from "./open-attention.ts";

/** Queries, keys and values of a layer, not yet rotated, `[1, sequence, heads · headSize]`. */
export interface Projected {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/**
 * Queries, keys and values from one fused product.
 *
 * @param names of three matrices, or of one that holds all, without `.weight`
 * @param biased whether each has a `.bias`, too
 */
export function projectQkv(
  graph: GraphBuilder,
  x: Value,
  names: readonly string[],
  { hidden, heads, keyValueHeads, headSize }: HeadSizes & { readonly hidden: number },
  biased: boolean,
): Projected {
  const widths = [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
  const total = widths.reduce((sum, width) => sum + width, 0);
  const fused = linear(graph, x, {
    weights: names.map((name) => `${name}.weight`),
    ...(biased && { biases: names.map((name) => `${name}.bias`) }),
    input: hidden,
    outputs: names.length === 1 ? [total] : widths,
  });
  const [query = "", key = "", value = ""] = split(graph, fused, widths);
  return { query, key, value };
}
