import { FLOATS } from "./element-types.ts";
import type { NodeSpec } from "./spec-types.ts";

const T = { T: FLOATS };
const INT = { kind: "int" } as const;
const SIZE = { kind: "int", required: true } as const;
const FLOAT = { kind: "float" } as const;

/** ONNX Runtime's own operators, domain `com.microsoft`, version 1. */
export const microsoftSpecs: Readonly<Record<string, NodeSpec>> = {
  // Masks and caches are left out: whole rows attend to whole rows.
  Attention: {
    types: T,
    inputs: { input: "T", weights: "T", bias: { optional: "T" } },
    outputs: { output: "T" },
    attributes: { num_heads: SIZE, scale: FLOAT },
  },
  BiasGelu: { types: T, inputs: { A: "T", B: "T" }, outputs: { C: "T" } },
  FastGelu: { types: T, inputs: { X: "T", bias: { optional: "T" } }, outputs: { Y: "T" } },
  // Its own rotation ignores positions that are not contiguous: its tables hold the rows that are wanted, in order.
  GroupQueryAttention: {
    types: T,
    inputs: {
      query: "T",
      key: { optional: "T" },
      value: { optional: "T" },
      past_key: { optional: "T" },
      past_value: { optional: "T" },
      seqlens_k: "int32",
      total_sequence_length: "int32",
      cos_cache: { optional: "T" },
      sin_cache: { optional: "T" },
    },
    outputs: { output: "T", present_key: "T", present_value: "T" },
    attributes: {
      num_heads: SIZE,
      kv_num_heads: SIZE,
      scale: FLOAT,
      do_rotary: { kind: "int", values: [0, 1] },
      rotary_interleaved: { kind: "int", values: [0, 1] },
      causal: { kind: "int", values: [0, 1] },
    },
  },
  // Without VNNI two products are added in 16 bits: matrices beyond ±64 would overflow, unseen.
  MatMulIntegerToFloat: {
    types: {},
    inputs: {
      A: "uint8",
      B: "int8",
      a_scale: "float32",
      b_scale: "float32",
      a_zero_point: "uint8",
    },
    outputs: { Y: "float32" },
  },
  MatMulNBits: {
    types: T,
    inputs: { A: "T", B: "uint8", scales: "T", zero_points: { optional: "uint8" } },
    outputs: { Y: "T" },
    attributes: {
      K: SIZE,
      N: SIZE,
      bits: { kind: "int", required: true, values: [4] },
      block_size: { kind: "int", required: true, values: [16, 32, 64, 128, 256] },
      accuracy_level: { kind: "int", values: [0, 1, 2, 3, 4] },
    },
  },
  MultiHeadAttention: {
    types: T,
    inputs: {
      query: "T",
      key: { optional: "T" },
      value: { optional: "T" },
      bias: { optional: "T" },
      key_padding_mask: { optional: "int32" },
      attention_bias: { optional: "T" },
    },
    outputs: { output: "T" },
    attributes: { num_heads: SIZE, scale: FLOAT },
  },
  QuickGelu: { types: T, inputs: { X: "T" }, outputs: { Y: "T" }, attributes: { alpha: FLOAT } },
  RotaryEmbedding: {
    types: T,
    inputs: { input: "T", position_ids: "int64", cos_cache: "T", sin_cache: "T" },
    outputs: { output: "T" },
    attributes: { num_heads: INT, interleaved: { kind: "int", values: [0, 1] } },
  },
  SkipSimplifiedLayerNormalization: {
    types: T,
    inputs: { input: "T", skip: "T", gamma: "T", bias: { optional: "T" } },
    outputs: { output: "T", mean: "float32", inv_std_var: "float32", input_skip_bias_sum: "T" },
    attributes: { epsilon: FLOAT },
  },
  // Without statistics of the rows: only training computes them, and who reads them here reads nothing.
  SkipLayerNormalization: {
    types: T,
    inputs: { input: "T", skip: "T", gamma: "T", beta: { optional: "T" }, bias: { optional: "T" } },
    outputs: { output: "T", mean: "float32", inv_std_var: "float32", input_skip_bias_sum: "T" },
    attributes: { epsilon: FLOAT },
  },
};
