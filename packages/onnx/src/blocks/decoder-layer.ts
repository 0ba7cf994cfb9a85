import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { causalAttention } from "./attention.ts";
import type { CachedAttention, CacheInputs } from "./attention.ts";
import { rotate } from "./rotary.ts";
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
  /** `[1, sequence, hidden]`. */
  readonly hidden: Value;
  /** Rotated queries, `[1, sequence, heads · headSize]`, for the taps. */
  readonly query: Value;
  readonly attention: CachedAttention;
}

/**
 * One decoder layer with causal attention over a cache.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 */
export function decoderLayer(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  sizes: DecoderSizes,
  { positionIds, tables, cache }: { positionIds: Value; tables: RotaryTables; cache: CacheInputs },
): DecoderLayer {
  const { hidden, attended } = transformerLayer(graph, x, prefix, sizes, ({ query: q, key: k, value }) => {
    const query = rotate(graph, q, positionIds, tables, sizes.heads);
    const key = rotate(graph, k, positionIds, tables, sizes.keyValueHeads);
    const attention = causalAttention(graph, { query, key, value }, sizes, cache);
    return { output: attention.output, query, attention };
  });
  return { hidden, query: attended.query, attention: attended.attention };
}
