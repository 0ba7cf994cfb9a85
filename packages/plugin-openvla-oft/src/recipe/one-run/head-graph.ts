import {
  allPositions,
  attentionWeights,
  packedQkv,
  rotaryTables,
  rotatedRows,
  rowsTap,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";
import type { OftPlan } from "../oft-plan.ts";
import { semanticOutput } from "../semantic-output.ts";
import { promptInput } from "../sequence.ts";
import { parallelLayers } from "./parallel-layer.ts";

/**
 * Graph `prefill_head` for a model whose `act` runs all layers: the scores at layer K − 1 and nothing else. Of that
 * layer only queries and keys are worked out.
 */
export function scoringHeadGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const vision = views * sizes.visionTokens;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = promptInput(graph, plan);
  const positionIds = allPositions(graph, embeddings);
  const tables = rotaryTables(graph, decoder);
  const last = cut.pruneLayer - 1;
  const { stream } = parallelLayers(graph, { rest: embeddings }, [0, last], decoder, positionIds, tables);
  const { packed } = packedQkv(graph, stream, `${LAYERS}${last}.`, decoder);
  const { query, key } = rotatedRows(graph, packed, decoder, { positionIds, tables });
  const weights = attentionWeights(graph, query, splitHeads(graph, key, decoder), decoder);

  const { columns, actions } = semanticOutput(graph, plan, weights, embeddings, image);
  if (cut.tappedLayers.includes(last))
    graph.output(rowsTap(graph, weights, actions, columns), "action_attention", "float32", [1, vision]);
  return graph.build();
}
