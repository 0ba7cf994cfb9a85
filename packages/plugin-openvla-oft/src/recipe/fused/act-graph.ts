import { keptRows, rotaryTables, sizeOfAxis, slice, unsqueeze, WEBGPU_PARTS } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import type { OftPlan } from "../oft-plan.ts";
import { answerActions, gatheredRows } from "../one-run/answering-rows.ts";
import { parallelLayers } from "../one-run/parallel-layer.ts";
import { placeholderAttention } from "../one-run/placeholder-attention.ts";

/** Graph `act` of `--target cpu` in the nodes that are fast on a GPU: all taps in one batch at the end. */
export function fusedActGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType, target } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const { rows: kept, tap } = target === "cuda" ? rowsInput(graph) : keptInput(graph, all, plan);
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
  const { value, columns } = tap(attention.value);
  graph.output(value, "action_attention", "float32", [attention.layers, columns]);
  return graph.build();
}

/** Rows that go on, and what is given of their attention, of which the first row is a word. */
interface KeptInput {
  readonly rows: Value;
  readonly tap: (attention: Value) => { readonly value: Value; readonly columns: string };
}

/** Numbers of the kept tokens: the rows, and which columns are theirs, are worked out of them. */
function keptInput(graph: GraphBuilder, all: Value, { views, sizes }: OftPlan): KeptInput {
  const { constants } = graph;
  const indices = graph.input("keep_indices", "int64", ["kept"]);
  const end = (): Value => graph.node("Add", [sizeOfAxis(graph, indices, 0), constants.ints(1)]);
  return {
    rows: keptRows(graph, all, indices, constants.ints(1, views * sizes.visionTokens)),
    tap: (attention) => ({ value: slice(graph, attention, 1, end(), 1), columns: "kept" }),
  };
}

/** For CUDA the rows themselves: what is worked out of them there waits for the host. */
function rowsInput(graph: GraphBuilder): KeptInput {
  return {
    rows: graph.input("kept_rows", "int64", ["kept_sequence"]),
    tap: (value) => ({ value, columns: "kept_sequence" }),
  };
}
