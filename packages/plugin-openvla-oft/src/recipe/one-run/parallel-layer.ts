import { fusedLayer, rotatedRows, wholeAttention } from "@vla-pruner/onnx/blocks";
import type { DecoderSizes, LayerParts, RotaryTables, RotatedRows, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";

/** Decoder layers `from` … `to` − 1, one on the other. */
export function parallelLayers(
  graph: GraphBuilder,
  start: Stream,
  [from, to]: readonly [number, number],
  sizes: DecoderSizes,
  positionIds: Value,
  tables: RotaryTables,
  parts: LayerParts = {},
): { readonly stream: Stream; /** By layer. */ readonly rows: ReadonlyMap<number, RotatedRows> } {
  const rows = new Map<number, RotatedRows>();
  let stream = start;
  for (let layer = from; layer < to; layer += 1) {
    const made = parallelLayer(graph, stream, layer, sizes, positionIds, tables, parts);
    rows.set(layer, made.rows);
    ({ stream } = made);
  }
  return { stream, rows };
}

/** A decoder layer in which every row sees every other, in few nodes. */
function parallelLayer(
  graph: GraphBuilder,
  stream: Stream,
  layer: number,
  sizes: DecoderSizes,
  positionIds: Value,
  tables: RotaryTables,
  parts: LayerParts,
): { readonly stream: Stream; readonly rows: RotatedRows } {
  const { stream: next, attended } = fusedLayer(
    graph,
    stream,
    `${LAYERS}${layer}.`,
    sizes,
    (packed) => {
      const rows = rotatedRows(graph, packed, sizes, { positionIds, tables });
      return { output: wholeAttention(graph, rows, sizes), rows };
    },
    { parts },
  );
  return { stream: next, rows: attended.rows };
}
