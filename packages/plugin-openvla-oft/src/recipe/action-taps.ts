import { concat, rowsTap } from "@vla-pruner/onnx/blocks";
import type { ColumnRange } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/** Attention weights of one layer: float32 `[1, keyValueHeads, group, rows, rows]`. */
export interface LayerWeights {
  readonly layer: number;
  readonly weights: Value;
}

/** Output `action_attention [layers, columns]`, mean over heads and placeholder rows, where any layer is tapped. */
export function actionOutput(
  graph: GraphBuilder,
  layers: readonly LayerWeights[],
  tapped: readonly number[],
  rows: ColumnRange,
  columns: ColumnRange,
): void {
  const taps = layers
    .filter(({ layer }) => tapped.includes(layer))
    .map(({ weights }) => rowsTap(graph, weights, rows, columns));
  if (taps.length === 0) return;
  const stacked = taps.length === 1 ? (taps[0] ?? "") : concat(graph, taps, 0);
  graph.output(stacked, "action_attention", "float32", [taps.length, "vision_columns_seen"]);
}

/** Rows counted from the end of the sequence: `-first … -end − 1`. */
export function rowsFromEnd(graph: GraphBuilder, first: number, end: number): ColumnRange {
  return {
    start: graph.constants.ints(-first),
    end: end === 0 ? graph.constants.ints(2 ** 31) : graph.constants.ints(-end),
  };
}
