import { rotatedRows } from "@vla-pruner/onnx/blocks";
import type { Attended, LayerCache, RowPlaces, seenAttention } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";

/** What the action rows meet, the same in every Euler step. */
export interface ActionPlaces {
  /** What is there before, layer by layer: every row sees it, and every other row. */
  readonly past: readonly LayerCache[];
  readonly places: RowPlaces;
  /** Layers from it on have fewer columns before them. */
  readonly pruneLayer: number;
}

/** Action rows in one layer. */
export interface LookedRows extends Attended {
  /** What `tapped` makes queries and keys of, `[1, rows, …]` each. */
  readonly looked: readonly Value[];
}

/** Rotated queries and keys of tapped layers in all steps, `[steps, layers, rows, …]`. */
export interface TappedRows {
  readonly queries: Value;
  readonly keys: Value;
}

/** Attention of the action rows, layer by layer, and step by step. */
export interface ActionAttention {
  readonly attend: (layer: number, packed: Value) => LookedRows;
  /** Out of what the rows looked with, of some layers and all steps, `[steps, layers, rows, …]` each. */
  readonly tapped: (looked: readonly Value[], layers: number) => TappedRows;
}

/** Attention to columns and rows that are put together in each step. */
export function seenActions(
  graph: GraphBuilder,
  { expert }: Pi0Sizes,
  { past, places }: ActionPlaces,
  attend: typeof seenAttention,
): ActionAttention {
  return {
    attend(layer, packed) {
      const rows = rotatedRows(graph, packed, expert, places);
      const { output } = attend(graph, rows, past[layer] ?? null, expert);
      return { output, looked: [rows.query, rows.key] };
    },
    tapped: ([queries = "", keys = ""]) => ({ queries, keys }),
  };
}
