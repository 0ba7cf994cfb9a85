import { ELEMENT_TYPES as ALL, FLOATS, INDICES, NUMBERS, TYPE_NUMBERS } from "./element-types.ts";
import type { AttributeSpec, NodeSpec } from "./spec-types.ts";

const INT = { kind: "int" } as const;
const INTS = { kind: "ints" } as const;
const FLOAT = { kind: "float" } as const;
const FLAG = { kind: "int", values: [0, 1] } as const;
const AXIS = { kind: "int", required: true } as const;

const arithmetic: NodeSpec = { types: { T: NUMBERS }, inputs: { A: "T", B: "T" }, outputs: { C: "T" } };
const comparison: NodeSpec = { types: { T: NUMBERS }, inputs: { A: "T", B: "T" }, outputs: { C: "bool" } };
const extremum: NodeSpec = {
  types: { T: NUMBERS },
  inputs: { data_0: { variadic: "T" } },
  outputs: { result: "T" },
};
const reduction: NodeSpec = {
  types: { T: NUMBERS },
  inputs: { data: "T", axes: { optional: "int64" } },
  outputs: { reduced: "T" },
  attributes: { keepdims: FLAG, noop_with_empty_axes: FLAG },
};
const axesChange: NodeSpec = {
  types: { T: ALL },
  inputs: { data: "T", axes: "int64" },
  outputs: { result: "T" },
};

function elementwise(attributes: Readonly<Record<string, AttributeSpec>> = {}): NodeSpec {
  return { types: { T: FLOATS }, inputs: { X: "T" }, outputs: { Y: "T" }, attributes };
}

/**
 * Operators of the ONNX standard: opset 21, or the later one that a spec says. `SimplifiedLayerNormalization` is ONNX
 * Runtime's, in its domain.
 */
export const standardSpecs: Readonly<Record<string, NodeSpec>> = {
  Abs: elementwise(),
  Add: arithmetic,
  ArgMax: {
    types: { T: FLOATS },
    inputs: { data: "T" },
    outputs: { reduced: "int64" },
    attributes: { axis: INT, keepdims: FLAG, select_last_index: FLAG },
  },
  // ONNX Runtime demands both of `present` where there is a past, on CUDA.
  Attention: {
    opset: 23,
    types: { T: FLOATS },
    inputs: {
      Q: "T",
      K: "T",
      V: "T",
      attn_mask: { optional: "T" },
      past_key: { optional: "T" },
      past_value: { optional: "T" },
    },
    outputs: { Y: "T", present_key: "T", present_value: "T" },
    attributes: {
      q_num_heads: { kind: "int", required: true },
      kv_num_heads: { kind: "int", required: true },
      scale: FLOAT,
    },
  },
  Cast: {
    types: { T: ALL },
    inputs: { input: "T" },
    outputs: { output: { typeIn: "to" } },
    attributes: { to: { kind: "int", required: true, values: Object.values(TYPE_NUMBERS) } },
  },
  Concat: {
    types: { T: ALL },
    inputs: { inputs: { variadic: "T" } },
    outputs: { concat_result: "T" },
    attributes: { axis: AXIS },
  },
  Conv: {
    types: { T: FLOATS },
    inputs: { X: "T", W: "T", B: { optional: "T" } },
    outputs: { Y: "T" },
    attributes: { strides: INTS, pads: INTS, dilations: INTS, kernel_shape: INTS, group: INT },
  },
  CumSum: {
    types: { T: NUMBERS, Taxis: INDICES },
    inputs: { x: "T", axis: "Taxis" },
    outputs: { y: "T" },
    attributes: { exclusive: FLAG, reverse: FLAG },
  },
  Div: arithmetic,
  Equal: { types: { T: [...NUMBERS, "bool"] }, inputs: { A: "T", B: "T" }, outputs: { C: "bool" } },
  Expand: { types: { T: ALL }, inputs: { input: "T", shape: "int64" }, outputs: { output: "T" } },
  Gather: {
    types: { T: ALL, Tind: INDICES },
    inputs: { data: "T", indices: "Tind" },
    outputs: { output: "T" },
    attributes: { axis: INT },
  },
  Gelu: elementwise({ approximate: { kind: "string", values: ["none", "tanh"] } }),
  Gemm: { ...arithmetic, types: { T: FLOATS }, attributes: { alpha: FLOAT, transB: FLAG } },
  GreaterOrEqual: comparison,
  Identity: { types: { T: ALL }, inputs: { input: "T" }, outputs: { output: "T" } },
  If: {
    types: {},
    inputs: { cond: "bool" },
    outputs: { outputs: { outputsOf: ["then_branch", "else_branch"] } },
    attributes: {
      then_branch: { kind: "graph", required: true },
      else_branch: { kind: "graph", required: true },
    },
  },
  LayerNormalization: {
    types: { T: FLOATS },
    inputs: { X: "T", Scale: "T", B: { optional: "T" } },
    outputs: { Y: "T" },
    attributes: { axis: INT, epsilon: FLOAT, stash_type: { kind: "int", values: [1] } },
  },
  Less: comparison,
  Loop: {
    types: {},
    inputs: { M: "int64", cond: "bool", v_initial: { variadicOf: "any" } },
    outputs: { v_final_and_scan_outputs: { statesOf: "body" } },
    attributes: { body: { kind: "graph", required: true } },
  },
  MatMul: arithmetic,
  Max: extremum,
  Min: extremum,
  Mul: arithmetic,
  Not: { types: {}, inputs: { X: "bool" }, outputs: { Y: "bool" } },
  QuantizeLinear: {
    types: {},
    inputs: { x: "float32", y_scale: "float32", y_zero_point: "uint8" },
    outputs: { y: "uint8" },
    attributes: { axis: INT },
  },
  Range: {
    types: { T: INDICES },
    inputs: { start: "T", limit: "T", delta: "T" },
    outputs: { output: "T" },
  },
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceSum: reduction,
  Relu: elementwise(),
  Reshape: {
    types: { T: ALL },
    inputs: { data: "T", shape: "int64" },
    outputs: { reshaped: "T" },
    attributes: { allowzero: FLAG },
  },
  Shape: {
    types: { T: ALL },
    inputs: { data: "T" },
    outputs: { shape: "int64" },
    attributes: { start: INT, end: INT },
  },
  Sigmoid: elementwise(),
  SimplifiedLayerNormalization: {
    types: { T: FLOATS },
    inputs: { X: "T", scale: "T" },
    outputs: { Y: "T" },
    attributes: { axis: INT, epsilon: FLOAT, stash_type: { kind: "int", values: [1] } },
  },
  Slice: {
    types: { T: ALL, Tind: INDICES },
    inputs: {
      data: "T",
      starts: "Tind",
      ends: "Tind",
      axes: { optional: "Tind" },
      steps: { optional: "Tind" },
    },
    outputs: { output: "T" },
  },
  Softmax: elementwise({ axis: INT }),
  Split: {
    types: { T: ALL },
    inputs: { input: "T", split: { optional: "int64" } },
    outputs: { outputs: { variadic: "T" } },
    attributes: { axis: INT, num_outputs: INT },
  },
  Sqrt: elementwise(),
  Squeeze: axesChange,
  Sub: arithmetic,
  Transpose: {
    types: { T: ALL },
    inputs: { data: "T" },
    outputs: { transposed: "T" },
    attributes: { perm: INTS },
  },
  Unsqueeze: axesChange,
  Where: {
    types: { T: [...NUMBERS, "uint8"] },
    inputs: { condition: "bool", X: "T", Y: "T" },
    outputs: { output: "T" },
  },
};
