import {
  allPositions,
  fusedLayer,
  gatherRows,
  linear,
  mapStream,
  rotate,
  rotatedRows,
  seenAttention,
  split,
  splitHeads,
  streamNorm,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotatedRows, RotaryTables, RowPlaces, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Plan, Pi0Sizes } from "../pi0-sizes.ts";

/** A layer of the prefix: its rows, and what they see, which is each other. */
interface PrefixLayer {
  readonly rows: RotatedRows;
  readonly seen: LayerCache;
}

/** A layer of the prefix, in which every row sees every other. */
export function prefixLayer(
  graph: GraphBuilder,
  stream: Stream,
  layer: number,
  { decoder, names }: Pi0Sizes,
  places: RowPlaces,
): PrefixLayer & { readonly stream: Stream } {
  const prefix = `${names.language}layers.${layer}.`;
  const { stream: next, attended } = fusedLayer(graph, stream, prefix, decoder, (packed) => {
    const rows = rotatedRows(graph, packed, decoder, places);
    return { ...seenAttention(graph, rows, null, decoder), rows };
  });
  return { ...attended, stream: next };
}

/** What the layers of a prefix leave. */
export interface PrefixPass {
  /** Keys and values, layer by layer: of all rows below the cut, of the kept ones above it. */
  readonly columns: readonly LayerCache[];
  /** Layers with queries, too: all but the last. */
  readonly layers: readonly RotatedRows[];
}

/**
 * The prefix through its layers.
 *
 * @param embeddings `[1, sequence, hidden]`
 * @param keptRows int64 `[kept sequence]`
 */
export function prefixPass(
  graph: GraphBuilder,
  { sizes, cut }: Pi0Plan,
  embeddings: Value,
  keptRows: Value,
  tables: RotaryTables,
): PrefixPass {
  const layers: PrefixLayer[] = [];
  let stream: Stream = { rest: embeddings };
  let places = { positionIds: allPositions(graph, embeddings), tables };
  const last = sizes.decoder.layers - 1;
  for (let layer = 0; layer <= last; layer += 1) {
    if (layer === cut.pruneLayer) {
      stream = mapStream(stream, (rows) => gatherRows(graph, rows, keptRows));
      places = { positionIds: unsqueeze(graph, keptRows, 0), tables }; // kept rows keep their positions
    }
    if (layer === last) break;
    const made = prefixLayer(graph, stream, layer, sizes, places);
    layers.push(made);
    stream = made.stream;
  }
  const columns = [...layers.map(({ seen }) => seen), lastColumns(graph, stream, sizes, places)];
  return { columns, layers: layers.map(({ rows }) => rows) };
}

/** Of the last layer nothing but keys and values is ever read. */
function lastColumns(
  graph: GraphBuilder,
  stream: Stream,
  { decoder, names }: Pi0Sizes,
  { positionIds, tables }: RowPlaces,
): LayerCache {
  const { layers, hidden, keyValueHeads, headSize } = decoder;
  const prefix = `${names.language}layers.${layers - 1}.`;
  return graph.scope(prefix.replace(/\.$/u, ""), () => {
    const { normed } = streamNorm(graph, stream, `${prefix}input_layernorm.weight`, decoder);
    const widths = [keyValueHeads * headSize, keyValueHeads * headSize];
    const weights = ["k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
    const both = linear(graph, normed, { weights, input: hidden, outputs: widths });
    const [key = "", value = ""] = split(graph, both, widths);
    const rotated = rotate(graph, key, positionIds, tables, keyValueHeads);
    return { key: splitHeads(graph, rotated, decoder), value: splitHeads(graph, value, decoder) };
  });
}
