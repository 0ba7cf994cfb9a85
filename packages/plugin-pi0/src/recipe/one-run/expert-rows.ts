import { concat, fusedLayer, rotatedRows, wholeAttention } from "@vla-pruner/onnx/blocks";
import type { RotatedRows, RowPlaces, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { Columns } from "./prefix-pass.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/** What rows of the expert meet in its layers. */
export interface ExpertPlaces {
  readonly normalize: StreamNormalize;
  readonly places: RowPlaces;
  /** What is there before, layer by layer: every row sees it, and every other row. */
  readonly past: readonly Columns[];
}

/** Rows in one layer of the expert. */
export interface ExpertRows {
  readonly rows: RotatedRows;
  /** What they see: the past, then themselves. */
  readonly seen: Columns;
}

/**
 * Rows through the layers of the expert; each sees the past and all rows.
 *
 * @param start `[1, rows, hidden]`
 */
export function expertRows(
  graph: GraphBuilder,
  start: Value,
  { expert, names }: Pi0Sizes,
  { normalize, places, past }: ExpertPlaces,
): { readonly stream: Stream; readonly layers: readonly ExpertRows[] } {
  const layers: ExpertRows[] = [];
  let stream: Stream = { rest: start };
  for (const [layer, before] of past.entries()) {
    const attend = (packed: Value): { readonly output: Value } => {
      const rows = rotatedRows(graph, packed, expert, places);
      const seen = joined(graph, before, rows);
      layers.push({ rows, seen });
      return { output: wholeAttention(graph, { ...rows, ...seen }, expert) };
    };
    stream = fusedLayer(graph, stream, `${names.expert}layers.${layer}.`, expert, attend, {
      normalize: (between, which) => normalize(between, 2 * layer + which),
    }).stream;
  }
  return { stream, layers };
}

function joined(graph: GraphBuilder, before: Columns, rows: Columns): Columns {
  return {
    key: concat(graph, [before.key, rows.key], 1),
    value: concat(graph, [before.value, rows.value], 1),
  };
}
