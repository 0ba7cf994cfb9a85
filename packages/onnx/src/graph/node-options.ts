import type { Attribute } from "./graph-model.ts";
import type { NodeSpec } from "./spec-types.ts";

/** What a node has beside its inputs. */
export interface NodeOptions {
  readonly domain?: "com.microsoft";
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What is legal of the operator, where the table of `@vla-pruner/onnx` does not know it. */
  readonly spec?: NodeSpec;
  /** Places of outputs that are not wanted; the values there are `ABSENT`. */
  readonly unused?: readonly number[];
}
