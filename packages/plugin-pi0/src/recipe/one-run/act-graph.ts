import { rotaryTables, sizeOfAxis } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import type { SteppedPlan } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import type { PrefixRows } from "../prefix-input.ts";
import { pictureInput, similarityOutput } from "../vision-graph.ts";
import { flowOutputs } from "./flow-outputs.ts";
import { scoreOutput } from "./head-graph.ts";
import { CUDA_FORM } from "./layer-form.ts";
import { prefixPass } from "./prefix-pass.ts";

/**
 * Graph `act` that does a whole call in one run: prefix, kept rows and noise in, actions and their attention out. Layers
 * below the cut are run again here: where tensors pass through the host between runs, that is cheaper than to hand over
 * hidden states and caches, ten times at that.
 */
export function oneRunActGraph(plan: SteppedPlan): PlannedGraph {
  const graph = new GraphBuilder("act", plan.checkpoint, plan.floatType);
  callOutputs(graph, plan, prefixInput(graph, plan.sizes));
  return graph.build();
}

/**
 * Graph `step` that is a call from pixels on, for tokens that were chosen before it: `act`, with the vision tower before the
 * prefix, and what chooses the next call's tokens.
 */
export function stepGraph(plan: SteppedPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const graph = new GraphBuilder("step", checkpoint, floatType);
  const image = pictureInput(graph, sizes);
  similarityOutput(graph, image);
  const prefix = prefixInput(graph, sizes, image);
  const layers = callOutputs(graph, plan, prefix);
  const { query = "", key = "" } = layers[cut.pruneLayer - 1] ?? {};
  scoreOutput(graph, { query, key }, prefix, sizes);
  return graph.build();
}

/** Actions and their attention out of a prefix; gives the prefix's layers, as far as they have queries. */
function callOutputs(
  graph: GraphBuilder,
  plan: SteppedPlan,
  { embeddings, image }: PrefixRows,
): readonly RotatedRows[] {
  const kept = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const tables = rotaryTables(graph, plan.sizes.decoder);
  const { columns, layers } = prefixPass(graph, plan, embeddings, kept, tables);
  flowOutputs(graph, plan, {
    columns,
    vision: visualColumns(graph, kept, embeddings, image),
    tables,
    form: CUDA_FORM,
  });
  return layers;
}

/** Visual columns below the cut, and above, by shapes: of a number that is an input the device would tell the host. */
function visualColumns(
  graph: GraphBuilder,
  keptRows: Value,
  embeddings: Value,
  image: Value,
): readonly [all: Value, kept: Value] {
  const all = sizeOfAxis(graph, image, 1);
  const words = graph.node("Sub", [sizeOfAxis(graph, embeddings, 1), all]);
  return [all, graph.node("Sub", [sizeOfAxis(graph, keptRows, 0), words])];
}
