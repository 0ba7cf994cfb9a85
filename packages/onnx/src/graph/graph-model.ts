import type { NodeSpec } from "./spec-types.ts";

/** Element types of graph values; the names are ONNX Runtime's. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool" | "uint8" | "int8";

/** The types a model may compute in. */
export type FloatType = "float32" | "float16";

/** A value's name inside a graph. */
export type Value = string;

/** A dimension: a size, or the name of one that is known at run time. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: Value;
  readonly type: ElementType;
  readonly dims: readonly Dimension[];
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly graph: Subgraph };

export interface GraphNode {
  readonly op: string;
  /** Empty for the ONNX standard. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** What is legal of an operator that the table does not know. */
  readonly spec?: NodeSpec;
}

/** A branch of an `If`: sees the values of the graph around it, has outputs only. */
export interface Subgraph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly ValueInfo[];
}

/** Where a tensor's bytes lie: in the graph file itself, or in a data file beside it. */
export type TensorStorage =
  | { readonly inline: Uint8Array }
  | { readonly location: string; readonly offset: number; readonly length: number };

export interface Initializer {
  readonly name: Value;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
}

/** A whole model, before it becomes protobuf. */
export interface GraphModel {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
}
