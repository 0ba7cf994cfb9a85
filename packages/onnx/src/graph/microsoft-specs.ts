import { FLOATS } from "./element-types.ts";
import type { NodeSpec } from "./spec-types.ts";

const T = { T: FLOATS };
const INT = { kind: "int" } as const;
const SIZE = { kind: "int", required: true } as const;
const FLOAT = { kind: "float" } as const;

/** ONNX Runtime's own operators, domain `com.microsoft`, version 1. */
export const microsoftSpecs: Readonly<Record<string, NodeSpec>> = {
  // Its own rotation is left out on purpose: it ignores positions that are not contiguous.
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
    },
    outputs: { output: "T", present_key: "T", present_value: "T" },
    attributes: { num_heads: SIZE, kv_num_heads: SIZE, scale: FLOAT },
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
};
