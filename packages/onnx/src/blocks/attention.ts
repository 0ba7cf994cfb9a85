import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { causalMask } from "./causal-mask.ts";
import { openAttention, splitHeads } from "./open-attention.ts";
import type { HeadSizes } from "./open-attention.ts";
import { cast, concat, sizeOfAxis, slice } from "./shapes.ts";

/** The cache of one layer, as graph inputs, and the lengths that grouped attention wants. */
export interface CacheInputs {
  /** `[1, keyValueHeads, past, headSize]`. */
  readonly pastKey: Value;
  readonly pastValue: Value;
  /** int32 `[1]`: tokens in past and present, less one. */
  readonly lastIndex: Value;
  /** int32 `[1]`: tokens in past and present. */
  readonly totalLength: Value;
}

interface NewTokens {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

export interface CachedAttention {
  /** `[1, sequence, heads · headSize]`. */
  readonly output: Value;
  /** Rotated keys, `[1, keyValueHeads, past + sequence, headSize]`. */
  readonly presentKey: Value;
  readonly presentValue: Value;
}

/** ONNX Runtime's grouped attention refuses a head size that is no multiple of this. */
const FUSED_STEP = 8;

/** With this, grouped attention sees every token of cache and input; not on WebGPU, where ONNX Runtime 1.30 refuses it. */
export const OPEN = { causal: { int: 0 } } as const;

/** Causal attention over cache and new tokens; queries and keys are rotated already. */
export function causalAttention(
  graph: GraphBuilder,
  tokens: NewTokens,
  sizes: HeadSizes,
  cache: CacheInputs,
): CachedAttention {
  return cachedAttention(graph, tokens, sizes, cache, false);
}

/** The same where new tokens see those behind them, too, if it is open. */
export function cachedAttention(
  graph: GraphBuilder,
  tokens: NewTokens,
  sizes: HeadSizes,
  cache: CacheInputs,
  open: boolean,
): CachedAttention {
  const attend = sizes.headSize % FUSED_STEP === 0 ? groupedAttention : plainAttention;
  return attend(graph, tokens, sizes, cache, open);
}

/** The same out of single operators, for head sizes that small models have. */
function plainAttention(
  graph: GraphBuilder,
  { query, key, value }: NewTokens,
  sizes: HeadSizes,
  cache: CacheInputs,
  open: boolean,
): CachedAttention {
  // A past that was shortened without being cut has more rows than mean something.
  const total = cast(graph, cache.totalLength, "int32", "int64");
  const filled = graph.node("Sub", [total, sizeOfAxis(graph, query, 1)]);
  const past = (tokens: Value): Value => slice(graph, tokens, 0, filled, 2);
  const presentKey = concat(graph, [past(cache.pastKey), splitHeads(graph, key, sizes)], 2);
  const presentValue = concat(graph, [past(cache.pastValue), splitHeads(graph, value, sizes)], 2);
  const mask = open ? undefined : causalMask(graph, query, presentKey);
  const { output } = openAttention(graph, { query, keys: presentKey, values: presentValue }, sizes, mask);
  return { output, presentKey, presentValue };
}

function groupedAttention(
  graph: GraphBuilder,
  { query, key, value }: NewTokens,
  { heads, keyValueHeads, headSize }: HeadSizes,
  cache: CacheInputs,
  open: boolean,
): CachedAttention {
  const inputs = [query, key, value, cache.pastKey, cache.pastValue, cache.lastIndex, cache.totalLength];
  const [output = "", presentKey = "", presentValue = ""] = graph.nodes("GroupQueryAttention", inputs, 3, {
    domain: "com.microsoft",
    attributes: {
      num_heads: { int: heads },
      kv_num_heads: { int: keyValueHeads },
      scale: { float: 1 / Math.sqrt(headSize) },
      ...(open && OPEN),
    },
  });
  return { output, presentKey, presentValue };
}

/** Attention of every token to every token, no cache: `[batch, sequence, heads · headSize]` in and out. */
export function fullAttention(
  graph: GraphBuilder,
  { query, key, value }: { readonly query: Value; readonly key: Value; readonly value: Value },
  heads: number,
  headSize: number,
): Value {
  return graph.node("MultiHeadAttention", [query, key, value], {
    domain: "com.microsoft",
    attributes: { num_heads: { int: heads }, scale: { float: 1 / Math.sqrt(headSize) } },
  });
}
