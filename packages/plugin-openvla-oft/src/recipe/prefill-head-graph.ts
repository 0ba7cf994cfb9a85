import { headMean, rotaryTables, semanticRows, SEMANTIC_ROWS } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import { actionOutput, rowsFromEnd } from "./action-taps.ts";
import type { LayerWeights } from "./action-taps.ts";
import { extraTokens, placeholders } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";
import { allPositions, openLayer } from "./open-layer.ts";
import { sequenceInput } from "./sequence.ts";

/**
 * Graph `prefill_head`: the whole sequence through layers `0 … K − 1`, in which every row sees every other.
 *
 * Semantic rows: `prefill` are those before the placeholders, `last` is the stop token, `text` the prompt
 * after BOS. Action rows are the placeholders, which exist already below the cut.
 */
export function prefillHeadGraph(
  plan: OftPlan,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { sizes, cut, views } = plan;
  const { decoder } = sizes;
  const vision = views * sizes.visionTokens;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { constants } = graph;
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, vision, decoder.hidden]);
  const embeddings = sequenceInput(graph, ids, image, plan);

  const tables = rotaryTables(graph, decoder.positions, decoder.headSize, decoder.theta);
  const places = { positionIds: allPositions(graph, embeddings), tables };
  const layers: LayerWeights[] = [];
  let hidden = embeddings;
  for (let layer = 0; layer < cut.pruneLayer; layer += 1) {
    const made = openLayer(graph, hidden, layer, decoder, places);
    layers.push({ layer, weights: made.weights });
    hidden = made.hidden;
  }
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const columns = { start: constants.ints(1), end: constants.ints(1 + vision) };
  const actions = rowsFromEnd(graph, placeholders(plan) + 1, 1);
  const map = headMean(graph, layers.at(-1)?.weights ?? "", columns);
  const ranges = {
    prefill: { start: constants.ints(0), end: actions.start },
    last: rowsFromEnd(graph, 1, 0),
    text: { start: constants.ints(1 + vision + extraTokens(plan)), end: actions.start },
  };
  const semantic = semanticRows(graph, map, embeddings, image, ranges);
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, vision]);
  actionOutput(graph, layers, cut.tappedLayers, actions, columns);
  return graph.build();
}
