import { allPositions, rotaryTables, streamSum } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { scoreOutput } from "../one-run/head-graph.ts";
import { prefixLayers } from "../one-run/prefix-pass.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import { cacheOutput } from "../prefix-layer.ts";
import { WEBGPU_FORM } from "./webgpu-form.ts";

/** Graph `prefill_head` of `--target cpu` in the nodes that are fast on WebGPU. */
export function fusedHeadGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const prefix = prefixInput(graph, sizes);
  const places = {
    positionIds: allPositions(graph, prefix.embeddings),
    tables: rotaryTables(graph, decoder),
  };
  const start = { rest: prefix.embeddings };
  const { stream, layers } = prefixLayers(graph, start, [0, cut.pruneLayer], sizes, places, WEBGPU_FORM);
  for (const [layer, { seen }] of layers.entries())
    cacheOutput(graph, layer, { keys: seen.key, values: seen.value }, sizes, "sequence");
  const { query = "", key = "" } = layers.at(-1)?.rows ?? {};
  scoreOutput(graph, { query, key }, prefix, sizes);
  graph.output(streamSum(graph, stream), "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  return graph.build();
}
