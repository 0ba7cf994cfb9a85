import { fusedLayer, rotatedRows, wholeAttention } from "@vla-pruner/onnx/blocks";
import type { RotatedRows, RowPlaces, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { Columns } from "./prefix-pass.ts";
import { filledRoom } from "./row-room.ts";
import type { RowRoom } from "./row-room.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/** What rows of the expert meet in its layers. */
export interface ExpertPlaces {
  readonly normalize: StreamNormalize;
  readonly places: RowPlaces;
  /** What is there before, with room for these rows: every row sees it, and every other row. */
  readonly room: RowRoom;
}

/** Rows in one layer of the expert. */
export interface ExpertRows {
  readonly rows: RotatedRows;
  /** What they see: themselves, then what was there before. */
  readonly seen: Columns;
}

/**
 * Rows through all layers of the expert.
 *
 * @param start `[1, rows, hidden]`
 */
export function expertRows(
  graph: GraphBuilder,
  start: Value,
  { expert, names, decoder }: Pi0Sizes,
  { normalize, places, room }: ExpertPlaces,
): { readonly stream: Stream; readonly layers: readonly ExpertRows[] } {
  const layers: ExpertRows[] = [];
  let stream: Stream = { rest: start };
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    const attend = (packed: Value): { readonly output: Value } => {
      const rows = rotatedRows(graph, packed, expert, places);
      const seen = filledRoom(graph, room, layer, rows);
      layers.push({ rows, seen });
      return { output: wholeAttention(graph, { ...rows, ...seen }, expert) };
    };
    stream = fusedLayer(graph, stream, `${names.expert}layers.${layer}.`, expert, attend, {
      normalize: (between, which) => normalize(between, 2 * layer + which),
    }).stream;
  }
  return { stream, layers };
}
