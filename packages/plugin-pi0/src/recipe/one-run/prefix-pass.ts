import {
  allPositions,
  fusedLayer,
  gatherRows,
  linear,
  mapStream,
  rotate,
  rotatedRows,
  split,
  splitHeads,
  streamNorm,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotatedRows, RotaryTables, RowPlaces, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Plan, Pi0Sizes } from "../pi0-sizes.ts";
import { CUDA_FORM } from "./layer-form.ts";
import type { LayerForm } from "./layer-form.ts";

/** A layer of the prefix: its rows, and what they see, which is each other. */
interface PrefixLayer {
  readonly rows: RotatedRows;
  readonly seen: LayerCache;
}

/** Layers `from … to − 1` of the prefix, in which every row sees every other. */
export function prefixLayers(
  graph: GraphBuilder,
  start: Stream,
  [from, to]: readonly [from: number, to: number],
  { decoder, names }: Pi0Sizes,
  places: RowPlaces,
  { attend, prefixParts: parts }: LayerForm,
): { readonly stream: Stream; /** In order. */ readonly layers: readonly PrefixLayer[] } {
  const layers: PrefixLayer[] = [];
  let stream = start;
  for (let layer = from; layer < to; layer += 1) {
    const attended = (packed: Value): PrefixLayer & { readonly output: Value } => {
      const rows = rotatedRows(graph, packed, decoder, places);
      return { ...attend(graph, rows, null, decoder), rows };
    };
    const name = `${names.language}layers.${layer}.`;
    const made = fusedLayer(graph, stream, name, decoder, attended, { parts });
    layers.push(made.attended);
    ({ stream } = made);
  }
  return { stream, layers };
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
  plan: Pi0Plan,
  embeddings: Value,
  keptRows: Value,
  tables: RotaryTables,
): PrefixPass {
  const { sizes, cut } = plan;
  const places = { positionIds: allPositions(graph, embeddings), tables };
  const below = prefixLayers(graph, { rest: embeddings }, [0, cut.pruneLayer], sizes, places, CUDA_FORM);
  const above = keptPass(graph, plan, below.stream, keptRows, tables, CUDA_FORM);
  return {
    columns: [...below.layers.map(({ seen }) => seen), ...above.columns],
    layers: [...below.layers.map(({ rows }) => rows), ...above.layers],
  };
}

/** Layers from the cut on, on the kept rows: these keep their positions. */
export function keptPass(
  graph: GraphBuilder,
  { sizes, cut }: Pi0Plan,
  all: Stream,
  keptRows: Value,
  tables: RotaryTables,
  form: LayerForm,
): PrefixPass {
  const start = mapStream(all, (rows) => gatherRows(graph, rows, keptRows));
  const places = { positionIds: unsqueeze(graph, keptRows, 0), tables };
  const span = [cut.pruneLayer, sizes.decoder.layers - 1] as const;
  const { stream, layers } = prefixLayers(graph, start, span, sizes, places, form);
  return {
    columns: [...layers.map(({ seen }) => seen), lastColumns(graph, stream, sizes, places)],
    layers: layers.map(({ rows }) => rows),
  };
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
