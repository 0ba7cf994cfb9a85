import { allPositions, attentionWeights, rotaryTables, splitHeads, streamSum } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan, Pi0Sizes } from "../pi0-sizes.ts";
import { cacheOutput } from "../prefix-layer.ts";
import { prefixInput } from "../prefix-input.ts";
import type { PrefixRows } from "../prefix-input.ts";
import { semanticOutput } from "../semantic-output.ts";
import type { LayerForm } from "./layer-form.ts";
import { prefixLayers } from "./prefix-pass.ts";

/** Graph `prefill_head` of `--target cpu` in the nodes that are fast on a device. */
export function fusedHeadGraph(
  { sizes, cut, checkpoint, floatType }: Pi0Plan,
  form: LayerForm,
): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const prefix = prefixInput(graph, sizes);
  const places = {
    positionIds: allPositions(graph, prefix.embeddings),
    tables: rotaryTables(graph, decoder),
  };
  const start = { rest: prefix.embeddings };
  const { stream, layers } = prefixLayers(graph, start, [0, cut.pruneLayer], sizes, places, form);
  for (const [layer, { seen }] of layers.entries())
    cacheOutput(graph, layer, { keys: seen.key, values: seen.value }, sizes, "sequence");
  const { query = "", key = "" } = layers.at(-1)?.rows ?? {};
  scoreOutput(graph, { query, key }, prefix, sizes);
  graph.output(streamSum(graph, stream), "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  return graph.build();
}

/** Output `semantic_attention` out of queries and keys at layer K − 1. */
export function scoreOutput(
  graph: GraphBuilder,
  { query, key }: Pick<RotatedRows, "query" | "key">,
  { embeddings, image }: PrefixRows,
  { decoder }: Pi0Sizes,
): void {
  const weights = attentionWeights(graph, query, splitHeads(graph, key, decoder), decoder);
  semanticOutput(graph, weights, embeddings, image);
}
