import { rotaryTables, sizeOfAxis } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { pastInputs } from "../denoise-graph.ts";
import type { SteppedPlan } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import { pictureInput, similarityOutput } from "../vision-graph.ts";
import { flowOutputs } from "./flow-outputs.ts";
import { scoreOutput } from "./head-graph.ts";
import { CUDA_FORM } from "./layer-form.ts";
import { keptPass, prefixPass } from "./prefix-pass.ts";

/** Graph `act` from what `prefill_head` hands over to actions and their attention: the prefix's kept rows, and all Euler steps. */
export function oneRunActGraph(plan: SteppedPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const below = pastInputs(graph, sizes, cut, cut.pruneLayer);
  const ids = graph.input("input_ids", "int64", [1, "text"]); // of which only the number is read
  const kept = keptInput(graph);
  const tables = rotaryTables(graph, decoder);
  const above = keptPass(graph, plan, { rest: all }, kept, tables, CUDA_FORM);
  const columns = [...below.map(({ keys, values }) => ({ key: keys, value: values })), ...above.columns];
  callOutputs(graph, plan, columns, { all, ids, kept }, tables);
  return graph.build();
}

/**
 * Graph `step` that is a call from pixels on, for tokens that were chosen before it: the vision tower, the whole prefix and all
 * Euler steps, and what chooses the next call's tokens.
 */
export function stepGraph(plan: SteppedPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const graph = new GraphBuilder("step", checkpoint, floatType);
  const image = pictureInput(graph, sizes);
  similarityOutput(graph, image);
  const prefix = prefixInput(graph, sizes, image);
  const kept = keptInput(graph);
  const tables = rotaryTables(graph, sizes.decoder);
  const { columns, layers } = prefixPass(graph, plan, prefix.embeddings, kept, tables);
  callOutputs(graph, plan, columns, { all: prefix.embeddings, ids: prefix.ids, kept }, tables);
  const { query = "", key = "" } = layers[cut.pruneLayer - 1] ?? {};
  scoreOutput(graph, { query, key }, prefix, sizes);
  return graph.build();
}

function keptInput(graph: GraphBuilder): Value {
  return graph.input("kept_rows", "int64", ["kept_sequence"]);
}

/** Rows of a prefix, words, and rows that go on above the cut: the shapes say how many are visual. */
interface PrefixCounts {
  /** `[1, sequence, hidden]`. */
  readonly all: Value;
  /** `[1, text]`. */
  readonly ids: Value;
  /** `[kept sequence]`. */
  readonly kept: Value;
}

/** Actions and their attention out of keys and values of the prefix. */
function callOutputs(
  graph: GraphBuilder,
  plan: SteppedPlan,
  columns: readonly LayerCache[],
  { all, ids, kept }: PrefixCounts,
  tables: RotaryTables,
): void {
  // By shapes: of a number that is an input the device would tell the host.
  const words = sizeOfAxis(graph, ids, 1);
  const visual = (rows: Value, axis: number): Value =>
    graph.node("Sub", [sizeOfAxis(graph, rows, axis), words]);
  flowOutputs(graph, plan, { columns, vision: [visual(all, 1), visual(kept, 0)], tables, form: CUDA_FORM });
}
