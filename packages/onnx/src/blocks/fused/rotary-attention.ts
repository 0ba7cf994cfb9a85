import { ABSENT } from "../../graph/absent.ts";
import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { cachedAttention, OPEN } from "../attention.ts";
import { split } from "../linear.ts";
import type { LayerSizes } from "../transformer-layer.ts";
import { rotate } from "../rotary.ts";
import type { RotaryTables } from "../rotary.ts";
import { cast, range, sizeOfAxis, unsqueeze } from "../shapes.ts";
import { packedWidths } from "./fused-layer.ts";

/** Keys and values of one layer, `[1, keyValueHeads, tokens, headSize]`. */
export interface LayerCache {
  readonly key: Value;
  readonly value: Value;
}

/** Lengths that grouped attention wants, int32 `[1]` each: tokens in cache and rows, less one, and all. */
export interface CacheLengths {
  readonly lastIndex: Value;
  readonly total: Value;
}

export interface RotaryCache {
  /** What came before; `null` where there is nothing, and no room that is kept for later. */
  readonly past: LayerCache | null;
  readonly lengths: CacheLengths;
  /** Row i turns the token at place i of the cache: gathered where tokens are missing. */
  readonly tables: RotaryTables;
  /** Whether rows see those behind them, too. Default false. */
  readonly open?: boolean;
}

export interface RotaryAttention {
  /** `[1, rows, heads · headSize]`. */
  readonly output: Value;
  /** Not yet rotated, `[1, rows, heads · headSize]`: for the taps, of which most calls read a few rows. */
  readonly packed: Value;
  readonly present: LayerCache;
}

/** ONNX Runtime rotates inside attention where half a head is a multiple of 8. */
export function fusesRotation({ headSize }: Pick<LayerSizes, "headSize">): boolean {
  return headSize % 16 === 0;
}

/** Attention, causal unless it is open, that rotates queries and keys itself, by the place of each in the cache. */
export function rotaryAttention(
  graph: GraphBuilder,
  packed: Value,
  sizes: LayerSizes,
  cache: RotaryCache,
): RotaryAttention {
  if (!fusesRotation(sizes)) return separateRotation(graph, packed, sizes, cache);
  const { heads, keyValueHeads, headSize } = sizes;
  const { past, lengths, tables, open = false } = cache;
  const pasts = past === null ? [ABSENT, ABSENT] : [past.key, past.value];
  const inputs = [
    packed,
    ABSENT,
    ABSENT,
    ...pasts,
    lengths.lastIndex,
    lengths.total,
    tables.cosine,
    tables.sine,
  ];
  const [output = "", key = "", value = ""] = graph.nodes("GroupQueryAttention", inputs, 3, {
    domain: "com.microsoft",
    attributes: {
      num_heads: { int: heads },
      kv_num_heads: { int: keyValueHeads },
      scale: { float: 1 / Math.sqrt(headSize) },
      do_rotary: { int: 1 },
      rotary_interleaved: { int: 0 },
      ...(open && OPEN),
    },
  });
  return { output, packed, present: { key, value } };
}

/** The same in more nodes, for head sizes that small models have. */
function separateRotation(
  graph: GraphBuilder,
  packed: Value,
  sizes: LayerSizes,
  { past, lengths, tables, open = false }: RotaryCache,
): RotaryAttention {
  const { heads, keyValueHeads, headSize } = sizes;
  const [rawQuery = "", rawKey = "", value = ""] = split(graph, packed, packedWidths(sizes));
  const last = cast(graph, lengths.lastIndex, "int32", "int64");
  const end = graph.node("Add", [last, graph.constants.ints(1)]);
  const places = unsqueeze(
    graph,
    range(graph, graph.node("Sub", [end, sizeOfAxis(graph, packed, 1)]), end),
    0,
  ); // [1, rows]
  const query = rotate(graph, rawQuery, places, tables, heads);
  const key = rotate(graph, rawKey, places, tables, keyValueHeads);
  const empty = graph.constants.empty([1, keyValueHeads, 0, headSize], graph.floatType);
  const inputs = {
    pastKey: past?.key ?? empty,
    pastValue: past?.value ?? empty,
    lastIndex: lengths.lastIndex,
    totalLength: lengths.total,
  };
  const attention = cachedAttention(graph, { query, key, value }, sizes, inputs, open);
  const { output, presentKey, presentValue } = attention;
  return { output, packed, present: { key: presentKey, value: presentValue } };
}
