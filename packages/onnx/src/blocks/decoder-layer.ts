import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { causalAttention } from "./attention.ts";
import type { CachedAttention, CacheInputs } from "./attention.ts";
import { CacheBorder } from "./cache-inputs.ts";
import { rotaryTables, rotate } from "./rotary.ts";
import type { RotaryTables } from "./rotary.ts";
import { transformerLayer } from "./transformer-layer.ts";
import type { LayerSizes } from "./transformer-layer.ts";

/** Sizes of a decoder. */
export interface DecoderSizes extends LayerSizes {
  readonly layers: number;
  readonly vocabulary: number;
  readonly theta: number;
  readonly positions: number;
}

export interface DecoderLayer {
  readonly layer: number;
  /** `[1, sequence, hidden]`. */
  readonly hidden: Value;
  /** Rotated queries, `[1, sequence, heads · headSize]`, for the taps. */
  readonly query: Value;
  readonly attention: CachedAttention;
  /** int32 `[1]`: tokens in past and present. */
  readonly totalLength: Value;
}

/** One decoder layer with causal attention over a cache; its tensors lie below `<prefix><layer>.`. */
export function decoderLayer(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  layer: number,
  sizes: DecoderSizes,
  { positionIds, tables, cache }: { positionIds: Value; tables: RotaryTables; cache: CacheInputs },
): DecoderLayer {
  const { hidden, attended } = transformerLayer(graph, x, `${prefix}${layer}.`, sizes, (projected) => {
    const query = rotate(graph, projected.query, positionIds, tables, sizes.heads);
    const key = rotate(graph, projected.key, positionIds, tables, sizes.keyValueHeads);
    const { value } = projected;
    const attention = causalAttention(graph, { query, key, value }, sizes, cache);
    return { output: attention.output, query, attention };
  });
  const { query, attention } = attended;
  return { layer, hidden, query, attention, totalLength: cache.totalLength };
}

/**
 * Layers `from … to − 1`, one on the other, causal over a cache that comes in and goes out of the graph
 * (`CacheBorder`).
 *
 * @param prefix of the layers in the checkpoint, up to their numbers: `model.layers.`
 * @param x `[1, sequence, hidden]`
 * @param positionIds int64 `[1, sequence]`
 */
export function decoderLayers(
  graph: GraphBuilder,
  x: Value,
  positionIds: Value,
  prefix: string,
  sizes: DecoderSizes,
  [from, to]: readonly [from: number, to: number],
): { readonly hidden: Value; readonly layers: readonly DecoderLayer[] } {
  const tables = rotaryTables(graph, sizes);
  const border = new CacheBorder(graph, sizes);
  const layers: DecoderLayer[] = [];
  let hidden = x;
  for (let layer = from; layer < to; layer += 1) {
    const cache = border.inputs(layer);
    const made = decoderLayer(graph, hidden, prefix, layer, sizes, { positionIds, tables, cache });
    border.outputs(layer, made.attention);
    layers.push(made);
    hidden = made.hidden;
  }
  return { hidden, layers };
}
