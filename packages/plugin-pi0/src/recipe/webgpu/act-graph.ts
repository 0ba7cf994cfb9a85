import { keptRows, rotaryTables } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { keptPass } from "../one-run/prefix-pass.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { cacheOutput } from "../prefix-layer.ts";
import { WEBGPU_FORM } from "./webgpu-form.ts";

/** Graph `act` of `--target cpu`, keys and values from the cut on, in the nodes that are fast on WebGPU. */
export function fusedActGraph(plan: Pi0Plan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keepIndices = graph.input("keep_indices", "int64", ["kept"]);
  const rows = keptRows(graph, all, keepIndices, graph.input("vision_span", "int64", [2]));
  const { columns } = keptPass(graph, plan, { rest: all }, rows, rotaryTables(graph, decoder), WEBGPU_FORM);
  for (const [index, { key, value }] of columns.entries())
    cacheOutput(graph, cut.pruneLayer + index, { keys: key, values: value }, sizes, "kept_sequence");
  return graph.build();
}
