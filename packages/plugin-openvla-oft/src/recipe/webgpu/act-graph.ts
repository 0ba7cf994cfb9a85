import { keptRows, rotaryTables, sizeOfAxis, slice, unsqueeze, WEBGPU_PARTS } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { OftPlan } from "../oft-plan.ts";
import { answerActions, gatheredRows } from "../one-run/answering-rows.ts";
import { parallelLayers } from "../one-run/parallel-layer.ts";
import { placeholderAttention } from "../one-run/placeholder-attention.ts";

/** Graph `act` of `--target cpu` in the nodes that are fast on a GPU: all taps in one batch at the end. */
export function fusedActGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const { constants } = graph;
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const kept = keptRows(graph, all, keepIndices, constants.ints(1, views * sizes.visionTokens));

  const start = gatheredRows(graph, { rest: all }, kept);
  const above = [cut.pruneLayer, decoder.layers] as const;
  // The sequence is numbered from 0, so a kept row's index is its original position.
  const positionIds = unsqueeze(graph, kept, 0);
  const { stream, rows } = parallelLayers(
    graph,
    start,
    above,
    decoder,
    positionIds,
    rotaryTables(graph, decoder),
    WEBGPU_PARTS,
  );
  answerActions(graph, stream, plan);

  const attention = placeholderAttention(graph, rows, plan);
  if (attention !== null) {
    const end = graph.node("Add", [sizeOfAxis(graph, keepIndices, 0), constants.ints(1)]);
    const seen = slice(graph, attention.value, 1, end, 1);
    graph.output(seen, "action_attention", "float32", [attention.layers, "kept"]);
  }
  return graph.build();
}
