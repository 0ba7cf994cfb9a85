import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { scaledRows } from "../weights/scaled-rows.ts";
import { linearMatrix, vector } from "./linear.ts";

/** Spread of a layer scale. */
const SCALE = { mean: 0.5, deviation: 0.1 };

/** `x · Wᵀ`, and the bias that is still to be added. */
export interface BiasedProduct {
  /** `[…, output]`. */
  readonly product: Value;
  /** `[output]`. */
  readonly bias: Value;
}

/**
 * One `Linear` with bias, `<name>.weight [output, input]` and `<name>.bias`, for nodes that add the bias
 * themselves.
 *
 * @param scale name of a vector `[output]` that the result is multiplied with: matrix and bias take it in
 */
export function biasedProduct(
  graph: GraphBuilder,
  x: Value,
  name: string,
  input: number,
  output: number,
  scale?: string,
): BiasedProduct {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const matrix = linearMatrix(graph, { weights: [weight], input, outputs: [output] }, scale);
  const product = graph.node("MatMul", [x, matrix]);
  if (scale === undefined) return { product, bias: vector(graph, [bias], [output]) };
  graph.expectTensor(bias, [output]);
  graph.expectTensor(scale, [output], SCALE);
  const scaled = scaledRows(bias, scale);
  const plan = { kind: "copied", tensors: [scaled], dims: [output], plus: 0 } as const;
  return { product, bias: graph.weight(scaled, plan) };
}
