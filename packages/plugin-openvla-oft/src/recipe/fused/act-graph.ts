import { keptRows, rotaryTables, sizeOfAxis, slice, unsqueeze, WEBGPU_PARTS } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { OftPlan } from "../oft-plan.ts";
import { answerActions, gatheredRows } from "../one-run/answering-rows.ts";
import { parallelLayers } from "../one-run/parallel-layer.ts";
import { placeholderAttention } from "../one-run/placeholder-attention.ts";

/**
 * Graph `act` of `--target cpu` in the nodes that are fast on a GPU: all taps in one batch at the end. For CUDA it takes the
 * rows that go on in place of the kept tokens' numbers, and gives the attention to all of them: what is worked out of an input
 * there waits for the host.
 */
export function fusedActGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType, target } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const { constants } = graph;
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const indices = target === "cuda" ? null : graph.input("keep_indices", "int64", ["kept"]);
  const kept =
    indices === null
      ? graph.input("kept_rows", "int64", ["kept_sequence"])
      : keptRows(graph, all, indices, constants.ints(1, views * sizes.visionTokens));

  const start = gatheredRows(graph, { rest: all }, kept);
  const above = [cut.pruneLayer, decoder.layers] as const;
  // The sequence is numbered from 0, so a kept row's index is its original position.
  const positionIds = unsqueeze(graph, kept, 0);
  const parts = target === "webgpu" ? WEBGPU_PARTS : {};
  const tables = rotaryTables(graph, decoder);
  const { stream, rows } = parallelLayers(graph, start, above, decoder, positionIds, tables, parts);
  answerActions(graph, stream, plan);

  const attention = placeholderAttention(graph, rows, plan);
  if (attention === null) return graph.build();
  const { value, layers } = attention;
  if (indices === null) {
    graph.output(value, "action_attention", "float32", [layers, "kept_sequence"]);
  } else {
    const end = graph.node("Add", [sizeOfAxis(graph, indices, 0), constants.ints(1)]);
    graph.output(slice(graph, value, 1, end, 1), "action_attention", "float32", [layers, "kept"]);
  }
  return graph.build();
}
