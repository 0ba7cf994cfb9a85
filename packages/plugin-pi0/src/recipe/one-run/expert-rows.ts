import { fusedLayer, rotatedRows } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotatedRows, RowPlaces, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { LayerForm } from "./layer-form.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/** What rows of the expert meet in its layers. */
export interface ExpertPlaces {
  readonly normalize: StreamNormalize;
  readonly places: RowPlaces;
  /** What is there before, layer by layer: every row sees it, and every other row. */
  readonly past: readonly LayerCache[];
}

/** Rows in one layer of the expert. */
export interface ExpertRows {
  readonly rows: RotatedRows;
  /** What they see: what was there before, then themselves. */
  readonly seen: LayerCache;
}

/**
 * Rows through all layers of the expert.
 *
 * @param start `[1, rows, hidden]` each
 */
export function expertRows(
  graph: GraphBuilder,
  start: Stream,
  { expert, names }: Pi0Sizes,
  { normalize, places, past }: ExpertPlaces,
  { attend, expertParts: parts }: LayerForm,
): { readonly stream: Stream; readonly layers: readonly ExpertRows[] } {
  const layers: ExpertRows[] = [];
  let stream = start;
  for (const [layer, before] of past.entries()) {
    const attended = (packed: Value): { readonly output: Value } => {
      const rows = rotatedRows(graph, packed, expert, places);
      const { output, seen } = attend(graph, rows, before, expert);
      layers.push({ rows, seen });
      return { output };
    };
    stream = fusedLayer(graph, stream, `${names.expert}layers.${layer}.`, expert, attended, {
      parts,
      normalize: (between, which) => normalize(between, 2 * layer + which),
    }).stream;
  }
  return { stream, layers };
}
