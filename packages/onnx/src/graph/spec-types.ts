import type { ElementType } from "./value-types.ts";

/** A type that a node leaves open: all its ports that name the variable have one type. */
export type TypeVariable = `T${string}`;

export type PortType = ElementType | TypeVariable;

/** An input that must be there, one that may be absent, or one or more at the end. */
export type InputSpec =
  | PortType
  | { readonly optional: PortType }
  | { readonly variadic: PortType }
  /** None, one or more at the end, each of any type. */
  | { readonly variadicOf: "any" };

/** Where the type of an output comes from. */
export type OutputSpec =
  | PortType
  /** One or more outputs of a type. */
  | { readonly variadic: PortType }
  /** An attribute holds ONNX's number of the type. */
  | { readonly typeIn: string }
  /** As many outputs as the subgraphs in these attributes have, of their types. */
  | { readonly outputsOf: readonly string[] }
  /** As many as the body in this attribute has after its first, which says whether to go on. */
  | { readonly statesOf: string };

export interface AttributeSpec {
  readonly kind: "int" | "float" | "string" | "ints" | "graph";
  readonly required?: boolean;
  /** All values that are legal; any where absent. */
  readonly values?: readonly (number | string)[];
}

/** What is legal of one operator. Ports are in order; their names are those of ONNX's documentation. */
export interface NodeSpec {
  /** Of the ONNX standard, that a graph with this operator must declare; the one that all others do where absent. */
  readonly opset?: number;
  /** Types that each variable may stand for. */
  readonly types: Readonly<Record<TypeVariable, readonly ElementType[]>>;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}
