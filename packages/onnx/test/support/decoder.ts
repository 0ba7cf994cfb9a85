import { actionTap, attentionMap } from "../../src/blocks/attention-taps.ts";
import { decoderLayers } from "../../src/blocks/decoder-layer.ts";
import type { DecoderSizes } from "../../src/blocks/decoder-layer.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import type { MapSource } from "./map-source.ts";
import { noiseWeights } from "./noise.ts";
import type { Matrix } from "./reference.ts";
import { runGraph, vectorFeed } from "./run-graph.ts";
import type { Feed, Result } from "./run-graph.ts";

export const LAYERS = 2;

export function decoderSizes(options: Partial<DecoderSizes> = {}): DecoderSizes {
  const widths = { hidden: 12, intermediate: 20, vocabulary: 5, positions: 64 };
  const heads = { heads: 4, keyValueHeads: 2, headSize: 8 };
  return { layers: LAYERS, ...widths, ...heads, epsilon: 1e-5, theta: 100, ...options };
}

export function decoderWeights({
  hidden,
  intermediate,
  heads,
  keyValueHeads,
  headSize,
}: DecoderSizes): MapSource {
  const layer = {
    "input_layernorm.weight": [hidden],
    "post_attention_layernorm.weight": [hidden],
    "self_attn.q_proj.weight": [heads * headSize, hidden],
    "self_attn.k_proj.weight": [keyValueHeads * headSize, hidden],
    "self_attn.v_proj.weight": [keyValueHeads * headSize, hidden],
    "self_attn.o_proj.weight": [hidden, heads * headSize],
    "mlp.gate_proj.weight": [intermediate, hidden],
    "mlp.up_proj.weight": [intermediate, hidden],
    "mlp.down_proj.weight": [hidden, intermediate],
  };
  const all = Array.from({ length: LAYERS }, (_, index) =>
    Object.entries(layer).map(([name, dims]) => [`layers.${index}.${name}`, dims] as const),
  );
  return noiseWeights(Object.fromEntries(all.flat()));
}

export interface DecoderRun {
  readonly sizes: DecoderSizes;
  readonly weights: MapSource;
  /** New rows, with their positions. */
  readonly x: Matrix;
  readonly positions: readonly number[];
  /** What the run before gave, if there was one. */
  readonly before?: Readonly<Record<string, Result>>;
  readonly floatType: FloatType;
  /** Whether every layer is tapped. */
  readonly taps?: boolean;
}

/** Runs two decoder layers. Outputs `hidden`, the cache, and with taps `tap.{i}` and `map.{i}` over columns 1 … 3. */
export async function runDecoder(run: DecoderRun): Promise<Record<string, Result>> {
  const { sizes, weights, x, positions, before, floatType, taps = false } = run;
  const total = x.length + (before?.["present.0.key"]?.dims[2] ?? 0);
  return runGraph({
    floatType,
    weights,
    feeds: {
      x: { type: "float", dims: [1, x.length, sizes.hidden], values: x.flat() },
      positions: { type: "int64", dims: [1, x.length], values: positions },
      ...pastFeeds(sizes, before),
      seqlens_k: vectorFeed("int32", total - 1),
      total_sequence_length: vectorFeed("int32", total),
      ...(taps && { start: vectorFeed("int64", 1), end: vectorFeed("int64", 4) }),
    },
    build: (graph) => {
      const columns = { start: "start", end: "end" };
      const { hidden, layers } = decoderLayers(graph, "x", "positions", "layers.", sizes, [0, LAYERS]);
      for (const { layer, query, attention } of taps ? layers : []) {
        graph.output(
          actionTap(graph, query, attention.presentKey, sizes, columns),
          `tap.${layer}`,
          "float32",
          [],
        );
        graph.output(
          attentionMap(graph, query, attention.presentKey, sizes, columns, true),
          `map.${layer}`,
          "float32",
          [],
        );
      }
      graph.output(hidden, "hidden", floatType, []);
    },
  });
}

function pastFeeds(
  { keyValueHeads, headSize }: DecoderSizes,
  before: DecoderRun["before"],
): Record<string, Feed> {
  const names = Array.from({ length: LAYERS }, (_, index) => [`${index}.key`, `${index}.value`]).flat();
  const feeds = names.map((name): [string, Feed] => {
    const { dims, values } = before?.[`present.${name}`] ?? {
      dims: [1, keyValueHeads, 0, headSize],
      values: [],
    };
    return [`past_key_values.${name}`, { type: "float", dims, values }];
  });
  return Object.fromEntries(feeds);
}
