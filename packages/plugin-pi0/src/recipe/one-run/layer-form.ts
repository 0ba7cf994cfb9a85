import { seenAttention, split } from "@vla-pruner/onnx/blocks";
import type { LayerParts } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { ActionAttention, ActionPlaces } from "./action-attention.ts";
import { roomActions } from "./room-actions.ts";

/** How layers are made where devices differ in what is fast. */
export interface LayerForm {
  /** Attention of rows to what was there before, and to themselves. */
  readonly attend: typeof seenAttention;
  /** That of the action rows in all Euler steps. */
  readonly actions: (graph: GraphBuilder, sizes: Pi0Sizes, places: ActionPlaces) => ActionAttention;
  /** Splits the last axis into parts of the given sizes. */
  readonly split: (graph: GraphBuilder, x: Value, sizes: readonly number[]) => Value[];
  readonly prefixParts: LayerParts;
  readonly expertParts: LayerParts;
}

export const CUDA_FORM: LayerForm = {
  attend: seenAttention,
  actions: roomActions,
  split,
  prefixParts: {},
  expertParts: {},
};
