import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { reshape, sum } from "./shapes.ts";
import { scaledRows } from "../weights/scaled-rows.ts";
import type { Spread } from "../weights/tensor-source.ts";

export interface LinearSpec {
  /** Checkpoint tensors `[out, in]`; several are fused into one matrix product, side by side. */
  readonly weights: readonly string[];
  /** Their biases `[out]`, if they have any. */
  readonly biases?: readonly string[];
  readonly input: number;
  /** Output size of each weight. */
  readonly outputs: readonly number[];
  /** Stays in the graph's float type in quantised models: where the numbers are the robot's state or its actions. */
  readonly exact?: boolean;
}

/**
 * `x · Wᵀ + b` as PyTorch's `Linear`: `[…, in]` → `[…, Σ out]`. Every large product of a model passes
 * here, and `quantizeGraph` finds by this form what it may quantise.
 */
export function linear(graph: GraphBuilder, x: Value, spec: LinearSpec): Value {
  const product = graph.node("MatMul", [x, linearMatrix(graph, spec)]);
  if (spec.biases === undefined) return product;
  return graph.node("Add", [product, vector(graph, spec.biases, spec.outputs)]);
}

/**
 * The matrix of a product `[in, Σ out]`, for nodes that have the product inside them.
 *
 * @param scale name of a vector `[out]` that the rows of the one weight are multiplied with
 */
export function linearMatrix(
  graph: GraphBuilder,
  { weights, input, outputs, exact = false }: Omit<LinearSpec, "biases">,
  scale?: string,
): Value {
  for (const [index, name] of weights.entries()) graph.expectTensor(name, [outputs[index] ?? 0, input]);
  const total = outputs.reduce((all, size) => all + size, 0);
  const tensors = scale === undefined ? weights : weights.map((name) => scaledRows(name, scale));
  // Named apart from the tensors as they are: a tied word table may be both in one graph.
  return graph.weight(`${tensors.join("+")}.transposed`, {
    kind: "transposed",
    tensors,
    dims: [input, total],
    ...(exact && { exact }),
  });
}

/** A matrix of a checkpoint, `[output, input]`. */
interface MatrixSpec {
  readonly weight: string;
  readonly input: number;
  readonly output: number;
}

/** `x · Wᵀ` of one matrix over sequence rows, folded in parts where there are several and its rows can be cut so. */
export function partedLinear(graph: GraphBuilder, x: Value, matrix: MatrixSpec, parts: number): Value {
  const { weight, input, output } = matrix;
  if (parts > 1 && input % parts === 0) return foldedLinear(graph, x, matrix, parts);
  return linear(graph, x, { weights: [weight], input, outputs: [output] });
}

/**
 * `x · Wᵀ` of one matrix over sequence rows `[1, rows, in]`, for engines whose threads go down a long column one by one:
 * each row is cut in `parts`, and so is each row of the matrix, as it lies there. Parts that belong together are summed,
 * the others are for nothing: `parts` times the work in a part of the time where few rows leave a GPU idle.
 *
 * @param parts of which `input` is a multiple
 */
export function foldedLinear(
  graph: GraphBuilder,
  x: Value,
  { weight, input, output }: MatrixSpec,
  parts: number,
): Value {
  graph.expectTensor(weight, [output, input]);
  const matrix = graph.weight(`${weight}.folded.${parts}`, {
    kind: "transposed",
    tensors: [weight],
    dims: [input / parts, output * parts],
  });
  const product = graph.node("MatMul", [reshape(graph, x, 1, -1, input / parts), matrix]);
  const pairs = reshape(graph, product, 1, -1, parts, output, parts);
  // Not a product with 0: of parts that do not belong together, half precision may make infinities.
  const { constants, floatType } = graph;
  const own = graph.node("Where", [constants.diagonal(parts), pairs, constants.float(0, floatType)]);
  return sum(graph, own, [2, 4]);
}

/** One `Linear` with bias, `<name>.weight [output, input]` and `<name>.bias`: `[…, input]` → `[…, output]`. */
export function dense(
  graph: GraphBuilder,
  x: Value,
  name: string,
  input: number,
  output: number,
  options: Pick<LinearSpec, "exact"> = {},
): Value {
  return linear(graph, x, {
    ...options,
    weights: [`${name}.weight`],
    biases: [`${name}.bias`],
    input,
    outputs: [output],
  });
}

/** Checkpoint vectors laid end to end, `[Σ size]`. */
export function vector(
  graph: GraphBuilder,
  names: readonly string[],
  sizes: readonly number[],
  plus = 0,
  spread: Spread = {},
): Value {
  for (const [index, name] of names.entries()) graph.expectTensor(name, [sizes[index] ?? 0], spread);
  const total = sizes.reduce((all, size) => all + size, 0);
  return graph.weight(names.join("+"), { kind: "copied", tensors: names, dims: [total], plus });
}

/** Splits the last axis into parts of the given sizes, a few at a time: engines bind no more than `most` outputs to a node. */
export function splitByFew(graph: GraphBuilder, x: Value, sizes: readonly number[], most: number): Value[] {
  if (sizes.length <= most) return split(graph, x, sizes);
  const few = Math.ceil(sizes.length / most);
  const groups = Array.from({ length: Math.min(most, sizes.length) }, (_, group) =>
    sizes.slice(group * few, (group + 1) * few),
  ).filter(({ length }) => length > 0);
  const widths = groups.map((group) => group.reduce((total, size) => total + size, 0));
  return split(graph, x, widths).flatMap((part, index) => splitByFew(graph, part, groups[index] ?? [], most));
}

/** Splits the last axis into parts of the given sizes. */
export function split(graph: GraphBuilder, x: Value, sizes: readonly number[]): Value[] {
  return graph.nodes("Split", [x, graph.constants.ints(...sizes)], sizes.length, {
    attributes: { axis: { int: -1 } },
  });
}
