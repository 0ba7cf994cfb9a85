import type { WeightPlan } from "../weights/weight-plan.ts";
import type { NodeSpec } from "./spec-types.ts";
import type { ElementType } from "./value-types.ts";

/** A value's name inside a graph. */
export type Value = string;

/** A dimension: a size, or the name of one that is known at run time. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: Value;
  readonly type: ElementType;
  readonly dims: readonly Dimension[];
}

/** A value, and what a graph's border has to say of it. */
export interface TypedValue extends Omit<ValueInfo, "name"> {
  readonly value: Value;
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
  /** Works on one row at a time, a token's, of a graph that has passes over many rows, too. */
  readonly oneRow?: boolean;
}

/** A branch of an `If` or the body of a `Loop`: sees the values of the graph around it. */
export interface Subgraph {
  readonly name: string;
  /** A body's: the branches of an `If` have none. */
  readonly inputs?: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly ValueInfo[];
  /** Shapes of values inside, where they are said. */
  readonly shapes?: readonly ValueInfo[];
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
  /** Shapes of values inside, where they are said. */
  readonly shapes?: readonly ValueInfo[];
}

/** An initializer whose bytes are still to be written. */
export interface PlannedWeight {
  readonly name: Value;
  readonly type: ElementType;
  readonly plan: WeightPlan;
}

/** A graph that is complete but for its weights. */
export interface PlannedGraph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly Initializer[];
  readonly weights: readonly PlannedWeight[];
  /** Shapes of values inside, where they are said. */
  readonly shapes?: readonly ValueInfo[];
}
