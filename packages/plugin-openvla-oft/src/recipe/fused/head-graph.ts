import {
  allPositions,
  attentionWeights,
  rotaryTables,
  slice,
  splitHeads,
  streamSum,
  WEBGPU_PARTS,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { OftPlan } from "../oft-plan.ts";
import { parallelLayers } from "../one-run/parallel-layer.ts";
import { placeholderAttention } from "../one-run/placeholder-attention.ts";
import { semanticOutput } from "../semantic-output.ts";
import { promptInput } from "../sequence.ts";

/** Graph `prefill_head` of `--target cpu` in the nodes that are fast on a GPU. */
export function fusedHeadGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType, target } = plan;
  const { decoder } = sizes;
  const vision = views * sizes.visionTokens;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = promptInput(graph, plan);
  const positionIds = allPositions(graph, embeddings);
  const tables = rotaryTables(graph, decoder);
  const below = [0, cut.pruneLayer] as const;
  const { stream, rows } = parallelLayers(
    graph,
    { rest: embeddings },
    below,
    decoder,
    positionIds,
    tables,
    target === "webgpu" ? WEBGPU_PARTS : {},
  );
  graph.output(streamSum(graph, stream), "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const { query = "", key = "" } = rows.get(cut.pruneLayer - 1) ?? {};
  const weights = attentionWeights(graph, query, splitHeads(graph, key, decoder), decoder);
  const { columns } = semanticOutput(graph, plan, weights, embeddings, image);
  const attention = placeholderAttention(graph, rows, plan);
  if (attention !== null) {
    const seen = slice(graph, attention.value, columns.start, columns.end, 1);
    graph.output(seen, "action_attention", "float32", [attention.layers, vision]);
  }
  return graph.build();
}
