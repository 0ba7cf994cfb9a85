import {
  allPositions,
  attentionWeights,
  packedQkv,
  rotaryTables,
  rotatedRows,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan, Pi0Sizes } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import type { PrefixRows } from "../prefix-input.ts";
import { semanticOutput } from "../semantic-output.ts";
import { CUDA_FORM } from "./layer-form.ts";
import { prefixLayers } from "./prefix-pass.ts";

/**
 * Graph `prefill_head` for a model whose `act` runs all layers: the scores at layer K − 1 and nothing else. Of that
 * layer only queries and keys are worked out.
 */
export function scoringHeadGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder, names } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = prefixInput(graph, sizes);
  const places = { positionIds: allPositions(graph, embeddings), tables: rotaryTables(graph, decoder) };
  const last = cut.pruneLayer - 1;
  const { stream } = prefixLayers(graph, { rest: embeddings }, [0, last], sizes, places, CUDA_FORM);
  const { packed } = packedQkv(graph, stream, `${names.language}layers.${last}.`, decoder);
  scoreOutput(graph, rotatedRows(graph, packed, decoder, places), { embeddings, image }, sizes);
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
