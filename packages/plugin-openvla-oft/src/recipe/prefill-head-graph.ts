import {
  allPositions,
  END,
  headMean,
  openLayers,
  rowsTap,
  semanticRows,
  SEMANTIC_ROWS,
  span,
  tapOutput,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";
import { extraTokens, placeholderRows } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { sequenceInput } from "./sequence.ts";

/**
 * Graph `prefill_head`: the whole sequence through layers `0 … K − 1`, in which every row sees every other.
 *
 * Semantic rows: `prefill` are those before the placeholders, `last` is the stop token, `text` the prompt
 * after BOS. Action rows are the placeholders, which exist already below the cut.
 */
export function prefillHeadGraph(plan: OftPlan): PlannedGraph {
  const { sizes, cut, views, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const vision = views * sizes.visionTokens;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, vision, decoder.hidden]);
  const embeddings = sequenceInput(graph, ids, image, plan);
  const positionIds = allPositions(graph, embeddings);
  const below = [0, cut.pruneLayer] as const;
  const { hidden, layers } = openLayers(graph, embeddings, positionIds, LAYERS, decoder, below);
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const columns = span(graph, 1, 1 + vision);
  const actions = placeholderRows(graph, plan);
  const map = headMean(graph, layers.at(-1)?.weights ?? "", columns);
  const semantic = semanticRows(graph, map, embeddings, image, {
    prefill: { start: graph.constants.ints(0), end: actions.start },
    last: span(graph, -1, END),
    text: { start: graph.constants.ints(1 + vision + extraTokens(plan)), end: actions.start },
  });
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, vision]);
  tapOutput(graph, layers, cut.tappedLayers, ({ weights }) => rowsTap(graph, weights, actions, columns));
  return graph.build();
}
