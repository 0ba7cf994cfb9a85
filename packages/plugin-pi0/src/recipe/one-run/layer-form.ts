import { seenAttention, split } from "@vla-pruner/onnx/blocks";
import type { LayerParts } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/** How layers are made where devices differ in what is fast. */
export interface LayerForm {
  /** Attention of rows to what was there before, and to themselves. */
  readonly attend: typeof seenAttention;
  /** Splits the last axis into parts of the given sizes. */
  readonly split: (graph: GraphBuilder, x: Value, sizes: readonly number[]) => Value[];
  readonly prefixParts: LayerParts;
  readonly expertParts: LayerParts;
}

export const CUDA_FORM: LayerForm = { attend: seenAttention, split, prefixParts: {}, expertParts: {} };
