import { rotaryTables, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { OftPlan } from "../oft-plan.ts";
import { sequenceInput } from "../sequence.ts";
import { answerActions, gatheredRows } from "./answering-rows.ts";
import { parallelLayers } from "./parallel-layer.ts";
import { placeholderAttention } from "./placeholder-attention.ts";

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

  const start = { rest: sequenceInput(graph, ids, image, plan) };
  const below = parallelLayers(graph, start, [0, cut.pruneLayer], decoder, positions.below, tables);
  const kept = gatheredRows(graph, below.stream, keptRows);
  const above = parallelLayers(
    graph,
    kept,
    [cut.pruneLayer, decoder.layers],
    decoder,
    positions.above,
    tables,
  );
  answerActions(graph, above.stream, plan);

  tapOutputs(graph, below.rows, plan, "action_attention_below");
  tapOutputs(graph, above.rows, plan, "action_attention");
  return graph.build();
}

/** An output with the attention of the placeholders at the tapped layers, float32 `[layers, rows of the sequence]`. */
function tapOutputs(
  graph: GraphBuilder,
  rows: ReadonlyMap<number, RotatedRows>,
  plan: OftPlan,
  name: string,
): void {
  const attention = placeholderAttention(graph, rows, plan);
  if (attention !== null)
    graph.output(attention.value, name, "float32", [attention.layers, `${name}_columns`]);
}
