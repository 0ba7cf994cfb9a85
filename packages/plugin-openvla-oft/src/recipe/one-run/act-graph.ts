import {
  concat,
  gatherRows,
  reshape,
  rotaryTables,
  rowsAttention,
  slice,
  streamNorm,
  transpose,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { Stream } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import { actionHead } from "../action-head.ts";
import { placeholderRows, placeholders } from "../oft-plan.ts";
import type { OftPlan } from "../oft-plan.ts";
import { sequenceInput } from "../sequence.ts";
import { parallelLayer } from "./parallel-layer.ts";
import type { RotatedRows } from "./parallel-layer.ts";

/**
 * Graph `act` that runs all layers: the whole sequence below the cut, the kept rows above it, then the action head. What
 * the placeholders looked at is read off all tapped layers at once.
 */
export function oneRunActGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, views * sizes.visionTokens, decoder.hidden]);
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const allRows = graph.input("all_rows", "int64", ["sequence"]);
  const tables = rotaryTables(graph, decoder);
  const positions = { below: unsqueeze(graph, allRows, 0), above: unsqueeze(graph, keptRows, 0) };

  let stream: Stream = { rest: sequenceInput(graph, ids, image, plan) };
  const made: RotatedRows[] = [];
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    if (layer === cut.pruneLayer) {
      const { rest, added } = stream;
      const kept = (rows: Value): Value => gatherRows(graph, rows, keptRows);
      stream = { rest: kept(rest), ...(added !== undefined && { added: kept(added) }) };
    }
    const places = layer < cut.pruneLayer ? positions.below : positions.above;
    const done = parallelLayer(graph, stream, layer, decoder, places, tables);
    made.push(done.rows);
    stream = done.stream;
  }
  const answers = -(placeholders(plan) + 2);
  const answering = (rows: Value): Value => slice(graph, rows, answers, -2, 1);
  const { rest, added = "" } = stream; // Something is added wherever there is a layer.
  const last = { rest: answering(rest), added: answering(added) };
  const { normed } = streamNorm(graph, last, `${DECODER}norm.weight`, decoder);
  actionHead(graph, normed, plan);

  const below = cut.tappedLayers.filter((layer) => layer < cut.pruneLayer);
  const above = cut.tappedLayers.filter((layer) => layer >= cut.pruneLayer);
  tapped(graph, made, below, plan, "action_attention_below");
  tapped(graph, made, above, plan, "action_attention");
  return graph.build();
}

/** An output with the attention of the placeholders at some layers, float32 `[layers, rows of the sequence]`. */
function tapped(
  graph: GraphBuilder,
  made: readonly RotatedRows[],
  layers: readonly number[],
  plan: OftPlan,
  name: string,
): void {
  if (layers.length === 0) return;
  const { keyValueHeads, headSize } = plan.sizes.decoder;
  const { start, end } = placeholderRows(graph, plan);
  const joined = (values: readonly Value[]): Value =>
    values.length === 1 ? (values[0] ?? "") : concat(graph, values, 0);
  const queries = joined(layers.map((layer) => slice(graph, made[layer]?.query ?? "", start, end, 1)));
  const flat = joined(layers.map((layer) => made[layer]?.key ?? ""));
  const keys = transpose(graph, reshape(graph, flat, layers.length, -1, keyValueHeads, headSize), 0, 2, 1, 3);
  const rows = { layers: layers.length, rows: placeholders(plan), queries, keys };
  const attention = rowsAttention(graph, rows, plan.sizes.decoder);
  graph.output(attention, name, "float32", [layers.length, `${name}_columns`]);
}
