import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { DecoderSizes } from "./decoder-layer.ts";
import { openAttention, splitHeads } from "./open-attention.ts";
import { rotaryTables, rotate } from "./rotary.ts";
import type { RotaryTables } from "./rotary.ts";
import { range, sizeOfAxis, unsqueeze } from "./shapes.ts";
import { transformerLayer } from "./transformer-layer.ts";

/** Where the rows of a sequence stand. */
export interface RowPlaces {
  /** int64 `[1, rows]`. */
  readonly positionIds: Value;
  readonly tables: RotaryTables;
}

export interface OpenLayer {
  readonly layer: number;
  /** `[1, rows, hidden]`. */
  readonly hidden: Value;
  /** Rotated, `[1, keyValueHeads, rows, headSize]`. */
  readonly keys: Value;
  readonly values: Value;
  /** float32 `[1, keyValueHeads, group, rows, rows]`. */
  readonly weights: Value;
}

/** A decoder layer in which every row sees every other; its tensors lie below `<prefix><layer>.`. */
export function openLayer(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  layer: number,
  sizes: DecoderSizes,
  { positionIds, tables }: RowPlaces,
): OpenLayer {
  const { hidden, attended } = transformerLayer(graph, x, `${prefix}${layer}.`, sizes, (projected) => {
    const query = rotate(graph, projected.query, positionIds, tables, sizes.heads);
    const key = rotate(graph, projected.key, positionIds, tables, sizes.keyValueHeads);
    const keys = splitHeads(graph, key, sizes);
    const values = splitHeads(graph, projected.value, sizes);
    return { keys, values, ...openAttention(graph, { query, keys, values }, sizes) };
  });
  const { keys, values, weights } = attended;
  return { layer, hidden, keys, values, weights };
}

/**
 * Layers `from … to − 1`, one on the other, in which every row sees every other.
 *
 * @param prefix of the layers in the checkpoint, up to their numbers: `model.layers.`
 * @param x `[1, rows, hidden]`
 * @param positionIds int64 `[1, rows]`
 */
export function openLayers(
  graph: GraphBuilder,
  x: Value,
  positionIds: Value,
  prefix: string,
  sizes: DecoderSizes,
  [from, to]: readonly [from: number, to: number],
): { readonly hidden: Value; readonly layers: readonly OpenLayer[] } {
  const places = { positionIds, tables: rotaryTables(graph, sizes) };
  const layers: OpenLayer[] = [];
  let hidden = x;
  for (let layer = from; layer < to; layer += 1) {
    const made = openLayer(graph, hidden, prefix, layer, sizes, places);
    layers.push(made);
    hidden = made.hidden;
  }
  return { hidden, layers };
}

/** Positions `0 … rows − 1` of `[1, rows, hidden]`, int64 `[1, rows]`. */
export function allPositions(graph: GraphBuilder, x: Value): Value {
  const start = graph.constants.ints(0);
  return unsqueeze(graph, range(graph, start, sizeOfAxis(graph, x, 1)), 0);
}
