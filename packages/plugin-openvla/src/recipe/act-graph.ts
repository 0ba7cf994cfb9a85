import {
  decoderLayers,
  END,
  floatOutput,
  gatherRows,
  keptRows,
  linear,
  rmsNorm,
  slice,
  squeeze,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { DECODER, LAYERS } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import { actionOutput, columnInputs } from "./prefill-head-graph.ts";

/**
 * Graph `act`: hidden states at the cut → logits of the next token, on the kept tokens only.
 *
 * Serves the prefill (`keep_indices` chosen, `vision_span` where the picture lies) and, with one row and
 * `vision_span [0, 0]`, every decode step; with several rows, it tells what comes after each of the tokens
 * of a draft. `answer_rows` says from which row on it answers, counted from the end.
 */
export function actGraph(plan: PrismaticPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const visionSpan = graph.input("vision_span", "int64", [2]);
  const allPositions = graph.input("position_ids", "int64", [1, "sequence"]);
  const columns = columnInputs(graph);
  const answerRows = graph.input("answer_rows", "int64", [1]);

  const rows = keptRows(graph, all, keepIndices, visionSpan);
  const positionIds = gatherRows(graph, allPositions, rows); // kept tokens keep their original positions
  const kept = gatherRows(graph, all, rows);
  const above = [cut.pruneLayer, decoder.layers] as const;
  const { hidden, layers } = decoderLayers(graph, kept, positionIds, LAYERS, decoder, above);

  const last = slice(graph, hidden, answerRows, END, 1);
  const normed = rmsNorm(graph, last, `${DECODER}norm.weight`, decoder.hidden, decoder.epsilon);
  const logits = linear(graph, normed, {
    weights: [sizes.head],
    input: decoder.hidden,
    outputs: [decoder.vocabulary],
  });
  floatOutput(graph, squeeze(graph, logits, 0), "logits", ["rows", decoder.vocabulary]);
  actionOutput(graph, layers, plan, { columns, answerRows });
  return graph.build();
}
