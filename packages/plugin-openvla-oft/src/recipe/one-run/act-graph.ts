import { attentionWeights, rotaryTables, splitHeads, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { pictureInput, similarityOutput } from "@vla-pruner/prismatic/convert";
import type { OftPlan } from "../oft-plan.ts";
import { semanticOutput } from "../semantic-output.ts";
import { sequenceInput } from "../sequence.ts";
import { answerActions, gatheredRows } from "./answering-rows.ts";
import { parallelLayers } from "./parallel-layer.ts";
import { placeholderAttention } from "./placeholder-attention.ts";

/**
 * Graph `act` that runs all layers: the whole sequence below the cut, the kept rows above it, then the action head. What
 * the placeholders looked at is read off all tapped layers at once.
 *
 * Where tokens are chosen ahead it is graph `step`: from `pixel_values` on, with the scores that choose the next call's.
 */
export function oneRunActGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder(plan.ahead ? "step" : "act", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = plan.ahead
    ? pictureInput(graph, plan)
    : graph.input("image_features", floatType, [1, views * sizes.visionTokens, decoder.hidden]);
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const allRows = graph.input("all_rows", "int64", ["sequence"]);
  const tables = rotaryTables(graph, decoder);
  const positions = { below: unsqueeze(graph, allRows, 0), above: unsqueeze(graph, keptRows, 0) };

  const embeddings = sequenceInput(graph, ids, image, plan);
  const start = { rest: embeddings };
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
  const scored = below.rows.get(cut.pruneLayer - 1);
  if (plan.ahead && scored !== undefined) {
    similarityOutput(graph, image, plan);
    const weights = attentionWeights(graph, scored.query, splitHeads(graph, scored.key, decoder), decoder);
    semanticOutput(graph, plan, weights, embeddings, image);
  }

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
