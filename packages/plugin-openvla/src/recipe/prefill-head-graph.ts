import {
  actionTap,
  attentionMap,
  cast,
  concat,
  decoderLayers,
  embedding,
  END,
  semanticRows,
  SEMANTIC_ROWS,
  sizeOfAxis,
  slice,
  tapOutput,
} from "@vla-pruner/onnx/blocks";
import type { DecoderLayer } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { DECODER, LAYERS } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";

/** Visual columns among the keys, first and one past the last: int64 `[1]` each. */
interface Columns {
  readonly start: Value;
  readonly end: Value;
}

/**
 * Graph `prefill_head`: token ids and visual tokens → hidden states after layer K−1, on all tokens.
 *
 * Serves the prefill (visual tokens after the first token, semantic tap on) and, with one id, no visual
 * tokens and the cache filled, every decode step: both share one copy of the weights.
 */
export function prefillHeadGraph(plan: PrismaticPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, "vision", decoder.hidden]);
  const positionIds = graph.input("position_ids", "int64", [1, "sequence"]);
  const columns = columnInputs(graph);
  const tapSemantic = graph.input("tap_semantic", "bool", [1]);
  const answerRows = graph.input("answer_rows", "int64", [1]);

  const words = embedding(graph, ids, `${DECODER}embed_tokens.weight`, decoder.vocabulary, decoder.hidden);
  const [first, rest] = [slice(graph, words, 0, 1, 1), slice(graph, words, 1, END, 1)];
  const embeddings = concat(graph, [first, image, rest], 1); // [1, sequence, hidden]
  const below = [0, cut.pruneLayer] as const;
  const { hidden, layers } = decoderLayers(graph, embeddings, positionIds, LAYERS, decoder, below);
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const last = layers.at(-1);
  if (last !== undefined) semanticOutput(graph, last, { embeddings, image, columns, tapSemantic }, plan);
  actionOutput(graph, layers, plan, { columns, answerRows });
  return graph.build();
}

/** Visual columns from one input, int64 `[2]`. */
export function columnInputs(graph: GraphBuilder): Columns {
  const columns = graph.input("vision_columns", "int64", [2]);
  return { start: slice(graph, columns, 0, 1, 0), end: slice(graph, columns, 1, 2, 0) };
}

/** Output `action_attention [layers, rows, columns]` of the answering rows, where any of these layers is tapped. */
export function actionOutput(
  graph: GraphBuilder,
  layers: readonly DecoderLayer[],
  { sizes, cut }: PrismaticPlan,
  { columns, answerRows }: { readonly columns: Columns; readonly answerRows: Value },
): void {
  const tap = ({ query, attention, totalLength }: DecoderLayer): Value => {
    const filled = cast(graph, totalLength, "int32", "int64");
    const tail = { start: answerRows, filled };
    return actionTap(graph, query, attention.presentKey, sizes.decoder, columns, tail);
  };
  tapOutput(graph, layers, cut.tappedLayers, tap, ["rows"]);
}

function semanticOutput(
  graph: GraphBuilder,
  last: DecoderLayer,
  inputs: Readonly<Record<"embeddings" | "image" | "tapSemantic", Value>> & { readonly columns: Columns },
  { sizes }: PrismaticPlan,
): void {
  const { embeddings, image, columns, tapSemantic } = inputs;
  const { constants } = graph;
  const rows = SEMANTIC_ROWS.length;
  const tap = (): Value => {
    const map = attentionMap(graph, last.query, last.attention.presentKey, sizes.decoder, columns, true);
    const end = sizeOfAxis(graph, embeddings, 1);
    // The reference leaves out the first and the last token after the picture.
    const text = {
      start: graph.node("Add", [columns.end, constants.ints(1)]),
      end: graph.node("Sub", [end, constants.ints(1)]),
    };
    return semanticRows(graph, map, embeddings, image, { prefill: { start: 0, end }, text });
  };
  const semantic = graph.branch(tapSemantic, "float32", [rows, "vision_tapped"], tap, () =>
    constants.zeros([rows, 0]),
  );
  graph.output(semantic, "semantic_attention", "float32", [rows, "vision_tapped"]);
}
