import { allPositions, openLayers, rowsTap, tapOutput } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";
import type { OftPlan } from "./oft-plan.ts";
import { semanticOutput } from "./semantic-output.ts";
import { promptInput } from "./sequence.ts";

/**
 * Graph `prefill_head`: the whole sequence through layers `0 … K − 1`, in which every row sees every other.
 */
export function prefillHeadGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = promptInput(graph, plan);
  const positionIds = allPositions(graph, embeddings);
  const below = [0, cut.pruneLayer] as const;
  const { hidden, layers } = openLayers(graph, embeddings, positionIds, LAYERS, decoder, below);
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const weights = layers.at(-1)?.weights ?? "";
  const { columns, actions } = semanticOutput(graph, plan, weights, embeddings, image);
  tapOutput(graph, layers, cut.tappedLayers, (layer) => rowsTap(graph, layer.weights, actions, columns));
  return graph.build();
}
