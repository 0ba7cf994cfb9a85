import type { Attribute, Subgraph } from "../../src/graph/graph-model.ts";
import type { ElementType } from "../../src/graph/value-types.ts";

/** Dims of the inputs in order, and attributes, with which a node of an operator is whole. */
export interface NodeSample {
  readonly dims: readonly (readonly number[])[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const same = [2, 2];
const unary: NodeSample = { dims: [same] };
const binary: NodeSample = { dims: [same, same] };
const axes: NodeSample = { dims: [[1, 2], [1]] };
const axis = { int: 0 };

function side(name: string, type: ElementType): Subgraph {
  const node = { op: "Shape", domain: "", name, inputs: ["input0"], outputs: [name], attributes: {} };
  return { name, nodes: [node], outputs: [{ name, type, dims: [1] }] };
}

/** Counts to three. */
const body: Subgraph = {
  name: "body",
  inputs: [
    { name: "iteration", type: "int64", dims: [] },
    { name: "going", type: "bool", dims: [] },
  ],
  nodes: [
    { op: "Identity", domain: "", name: "on", inputs: ["going"], outputs: ["on"], attributes: {} },
    { op: "Identity", domain: "", name: "count", inputs: ["iteration"], outputs: ["count"], attributes: {} },
  ],
  outputs: [
    { name: "on", type: "bool", dims: [] },
    { name: "count", type: "int64", dims: [] },
  ],
};

/** A sample of every operator that the table knows; with its domain where there are two of a name. */
export const SAMPLE_NODES: Readonly<Record<string, NodeSample>> = {
  Abs: unary,
  Add: binary,
  ArgMax: { dims: [same], attributes: { axis, keepdims: { int: 0 } } },
  Attention: {
    dims: [
      [1, 2, 16],
      [1, 2, 8],
      [1, 2, 8],
      [2, 5],
      [1, 1, 3, 8],
      [1, 1, 3, 8],
    ],
    attributes: { q_num_heads: { int: 2 }, kv_num_heads: { int: 1 }, scale: { float: 0.5 } },
  },
  BiasGelu: { dims: [[1, 2, 8], [8]] },
  Cast: { dims: [same], attributes: { to: { int: 1 } } },
  "com.microsoft.Attention": {
    dims: [[1, 2, 8], [8, 24], [24]],
    attributes: { num_heads: { int: 2 }, scale: { float: 0.5 } },
  },
  Concat: { dims: [same, same, same], attributes: { axis } },
  Conv: {
    dims: [[1, 3, 4, 4], [5, 3, 2, 2], [5]],
    attributes: { strides: { ints: [2, 2] } },
  },
  CumSum: { dims: [same, []] },
  Div: binary,
  Equal: binary,
  Expand: { dims: [same, [3]] },
  FastGelu: { dims: [[1, 2, 8], [8]] },
  Gather: { dims: [same, [1]], attributes: { axis } },
  Gelu: { dims: [same], attributes: { approximate: { string: "tanh" } } },
  Gemm: {
    dims: [
      [3, 2],
      [5, 2],
    ],
    attributes: { alpha: { float: 0.5 }, transB: { int: 1 } },
  },
  GreaterOrEqual: binary,
  GroupQueryAttention: {
    dims: [[1, 2, 16], [1, 2, 8], [1, 2, 8], [1, 1, 3, 8], [1, 1, 3, 8], [1], [1], [9, 4], [9, 4]],
    attributes: { num_heads: { int: 2 }, kv_num_heads: { int: 1 }, scale: { float: 0.5 } },
  },
  Identity: unary,
  If: {
    dims: [[1]],
    attributes: {
      then_branch: { graph: side("then", "int64") },
      else_branch: { graph: side("else", "int64") },
    },
  },
  LayerNormalization: { dims: [same, [2], [2]], attributes: { axis: { int: -1 }, epsilon: { float: 1e-6 } } },
  Less: binary,
  Loop: { dims: [[], []], attributes: { body: { graph: body } } },
  MatMul: binary,
  MatMulIntegerToFloat: { dims: [same, same, [], [2], []] },
  MatMulNBits: {
    dims: [
      [1, 32],
      [2, 1, 16],
      [2, 1],
      [2, 1],
    ],
    attributes: { K: { int: 32 }, N: { int: 2 }, bits: { int: 4 }, block_size: { int: 32 } },
  },
  Max: binary,
  Min: binary,
  Mul: binary,
  MultiHeadAttention: {
    dims: [[1, 2, 8], [1, 2, 8], [1, 2, 8], [24], [1, 2], [1, 2, 2, 2]],
    attributes: { num_heads: { int: 2 } },
  },
  Not: unary,
  QuantizeLinear: { dims: [same, [2], [2]], attributes: { axis } },
  QuickGelu: { dims: [same], attributes: { alpha: { float: 1.7 } } },
  Range: { dims: [[], [], []] },
  ReduceMax: axes,
  ReduceMin: axes,
  ReduceMean: axes,
  ReduceSum: axes,
  Relu: unary,
  Reshape: { dims: [same, [1]] },
  RotaryEmbedding: {
    dims: [
      [1, 2, 8],
      [1, 2],
      [4, 2],
      [4, 2],
    ],
    attributes: { num_heads: { int: 2 }, interleaved: { int: 0 } },
  },
  Shape: { dims: [same], attributes: { start: { int: 0 }, end: { int: 1 } } },
  Sigmoid: unary,
  SimplifiedLayerNormalization: {
    dims: [same, [2]],
    attributes: { axis: { int: -1 }, epsilon: { float: 1e-6 }, stash_type: { int: 1 } },
  },
  SkipSimplifiedLayerNormalization: {
    dims: [[1, 2, 2], [1, 2, 2], [2], [2]],
    attributes: { epsilon: { float: 1e-6 } },
  },
  SkipLayerNormalization: {
    dims: [[1, 2, 8], [1, 2, 8], [8], [8], [8]],
    attributes: { epsilon: { float: 1e-6 } },
  },
  Slice: { dims: [same, [1], [1], [1], [1]] },
  Softmax: { dims: [same], attributes: { axis } },
  Split: { dims: [same, [2]], attributes: { axis } },
  Sqrt: unary,
  Squeeze: axes,
  Sub: binary,
  Transpose: { dims: [same], attributes: { perm: { ints: [1, 0] } } },
  Unsqueeze: axes,
  Where: { dims: [same, same, same] },
};
