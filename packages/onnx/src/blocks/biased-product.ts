import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { scaledRows } from "../weights/scaled-rows.ts";
import { linear, vector } from "./linear.ts";

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
  if (scale === undefined) {
    const product = linear(graph, x, { weights: [weight], input, outputs: [output] });
    return { product, bias: vector(graph, [bias], [output]) };
  }
  graph.expectTensor(weight, [output, input]);
  graph.expectTensor(bias, [output]);
  graph.expectTensor(scale, [output], SCALE);
  const scaled = scaledRows(weight, scale);
  const matrix = graph.weight(`${scaled}.transposed`, {
    kind: "transposed",
    tensors: [scaled],
    dims: [input, output],
  });
  const scaledBias = scaledRows(bias, scale);
  return {
    product: graph.node("MatMul", [x, matrix]),
    bias: graph.weight(scaledBias, { kind: "copied", tensors: [scaledBias], dims: [output], plus: 0 }),
  };
}
