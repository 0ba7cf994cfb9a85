import {
  actionTap,
  attentionMap,
  CacheBorder,
  concat,
  decoderLayer,
  embedding,
  rotaryTables,
  semanticRows,
  SEMANTIC_ROWS,
  sizeOfAxis,
  slice,
} from "@vla-pruner/onnx/blocks";
import type { ColumnRange, DecoderLayer } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import type { PrismaticSizes } from "@vla-pruner/prismatic/convert";

export interface TapPlan {
  /** First layer above the cut, K. */
  readonly pruneLayer: number;
  /** Layers that report action attention, ascending. */
  readonly tappedLayers: readonly number[];
}

/**
 * Graph `prefill_head`: token ids and visual tokens → hidden states after layer K−1, on all tokens.
 *
 * Serves the prefill (visual tokens after the first token, semantic tap on) and, with one id, no visual
 * tokens and the cache filled, every decode step: both share one copy of the weights.
 */
export function prefillHeadGraph(
  sizes: PrismaticSizes,
  taps: TapPlan,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, "vision", decoder.hidden]);
  const positionIds = graph.input("position_ids", "int64", [1, "sequence"]);
  const columns = columnInputs(graph);
  const tapSemantic = graph.input("tap_semantic", "bool", [1]);

  const words = embedding(graph, ids, `${DECODER}embed_tokens.weight`, decoder.vocabulary, decoder.hidden);
  const { constants } = graph;
  const first = slice(graph, words, constants.ints(0), constants.ints(1), 1);
  const rest = slice(graph, words, constants.ints(1), constants.ints(2 ** 31), 1);
  const embeddings = concat(graph, [first, image, rest], 1); // [1, sequence, hidden]

  const tables = rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta);
  const border = new CacheBorder(graph, decoder);
  const layers: DecoderLayer[] = [];
  let hidden = embeddings;
  for (let layer = 0; layer < taps.pruneLayer; layer += 1) {
    const made = decoderLayer(graph, hidden, `${DECODER}layers.${layer}.`, decoder, {
      positionIds,
      tables,
      cache: border.inputs(layer),
    });
    border.outputs(layer, made.attention);
    layers.push(made);
    hidden = made.hidden;
  }
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const last = layers.at(-1);
  if (last !== undefined) semanticOutput(graph, last, { embeddings, image, columns, tapSemantic }, sizes);
  actionOutput(
    graph,
    taps.tappedLayers.filter((layer) => layer < taps.pruneLayer),
    layers,
    0,
    columns,
    sizes,
  );
  return graph.build();
}

/** Visual columns among the keys, from one input: int64 `[2]`, first and one past the last. */
export function columnInputs(graph: GraphBuilder): ColumnRange {
  const columns = graph.input("vision_columns", "int64", [2]);
  const part = (from: number): Value =>
    slice(graph, columns, graph.constants.ints(from), graph.constants.ints(from + 1), 0);
  return { start: part(0), end: part(1) };
}

/** Output `action_attention [layers, columns]`, where any layer of this graph is tapped. */
export function actionOutput(
  graph: GraphBuilder,
  tapped: readonly number[],
  layers: readonly DecoderLayer[],
  firstLayer: number,
  columns: ColumnRange,
  { decoder }: PrismaticSizes,
): void {
  const rows = tapped.flatMap((layer) => {
    const made = layers[layer - firstLayer];
    return made === undefined
      ? []
      : [actionTap(graph, made.query, made.attention.presentKey, decoder, columns)];
  });
  if (rows.length === 0) return;
  const stacked = rows.length === 1 ? (rows[0] ?? "") : concat(graph, rows, 0);
  graph.output(stacked, "action_attention", "float32", [rows.length, "vision_columns_seen"]);
}

function semanticOutput(
  graph: GraphBuilder,
  last: DecoderLayer,
  {
    embeddings,
    image,
    columns,
    tapSemantic,
  }: { embeddings: Value; image: Value; columns: ColumnRange; tapSemantic: Value },
  { decoder }: PrismaticSizes,
): void {
  const { constants } = graph;
  const rows = SEMANTIC_ROWS.length;
  const tap = (): Value => {
    const map = attentionMap(graph, last.query, last.attention.presentKey, decoder, columns, true);
    const end = sizeOfAxis(graph, embeddings, 1);
    // The reference leaves out the first and the last token after the picture.
    const text = {
      start: graph.node("Add", [columns.end, constants.ints(1)]),
      end: graph.node("Sub", [end, constants.ints(1)]),
    };
    return semanticRows(graph, map, embeddings, image, { prefill: { start: constants.ints(0), end }, text });
  };
  const semantic = graph.branch(tapSemantic, "float32", [rows, "vision_tapped"], tap, () =>
    constants.zeros([rows, 0]),
  );
  graph.output(semantic, "semantic_attention", "float32", [rows, "vision_tapped"]);
}
