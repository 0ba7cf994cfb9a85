import { causalAttention } from "../../src/blocks/attention.ts";
import type { CachedAttention } from "../../src/blocks/attention.ts";
import { CacheBorder } from "../../src/blocks/cache-inputs.ts";
import type { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import { noise } from "./noise.ts";
import { rowsOf } from "./reference.ts";
import type { Matrix } from "./reference.ts";
import { asCache } from "./reference-attention.ts";
import type { Heads } from "./reference-attention.ts";
import { runGraph, vectorFeed } from "./run-graph.ts";
import type { Feed, Result } from "./run-graph.ts";

/** Rows of a whole sequence. */
export interface Sequence {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
}

/** Seeded rows, large enough that attention is far from uniform. */
export function noiseSequence(total: number, { heads, keyValueHeads, headSize }: Heads): Sequence {
  const rows = (name: string, count: number): Matrix =>
    rowsOf(noise(name, total * count * headSize, 2), count * headSize);
  return {
    query: rows("query", heads),
    key: rows("key", keyValueHeads),
    value: rows("value", keyValueHeads),
  };
}

export interface CachedRun {
  readonly sequence: Sequence;
  readonly sizes: Heads;
  /** Rows that are in the cache already; the rest is new. */
  readonly past: number;
  readonly floatType: FloatType;
  /** Further nodes and outputs, and what they feed on. */
  readonly extend?: (graph: GraphBuilder, query: string, attention: CachedAttention) => void;
  readonly feeds?: Readonly<Record<string, Feed>>;
}

/** Runs the last rows of a sequence through causal attention, the first ones lying in the cache. */
export async function runCached({
  sequence,
  sizes,
  past,
  floatType,
  extend,
  feeds,
}: CachedRun): Promise<Record<string, Result>> {
  const { query, key, value } = sequence;
  const total = query.length;
  const fresh = (rows: Matrix): Feed => ({
    type: "float",
    dims: [1, total - past, rows[0]?.length ?? 0],
    values: rows.slice(past).flat(),
  });
  const cached = (rows: Matrix): Feed => ({
    type: "float",
    dims: [1, sizes.keyValueHeads, past, sizes.headSize],
    values: asCache(rows.slice(0, past), sizes.keyValueHeads, sizes.headSize),
  });
  return runGraph({
    floatType,
    feeds: {
      query: fresh(query),
      key: fresh(key),
      value: fresh(value),
      "past_key_values.0.key": cached(key),
      "past_key_values.0.value": cached(value),
      seqlens_k: vectorFeed("int32", total - 1),
      total_sequence_length: vectorFeed("int32", total),
      ...feeds,
    },
    build: (graph) => {
      const border = new CacheBorder(graph, sizes);
      const attention = causalAttention(
        graph,
        { query: "query", key: "key", value: "value" },
        sizes,
        border.inputs(0),
      );
      border.outputs(0, attention);
      graph.output(attention.output, "output", floatType, []);
      extend?.(graph, "query", attention);
    },
  });
}
