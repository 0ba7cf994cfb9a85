import {
  allPositions,
  concat,
  gatherRows,
  openLayer,
  rotaryTables,
  sum,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder, loop } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, TypedValue } from "@vla-pruner/onnx/graph";
import { denoiseInputs, denoiseStep, tapParts } from "../denoise-graph.ts";
import { expertNorms } from "../expert-norms.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { lastPrefixLayer } from "../prefix-layer.ts";
import type { PrefixCache } from "../prefix-layer.ts";
import { prefixInput } from "../prefix-input.ts";

/**
 * Graph `act` that does a whole call in one run: prefix, kept rows and noise in, actions and their attention out. Layers
 * below the cut are run again here: where tensors pass through the host between runs, that is cheaper than to hand over
 * hidden states and caches, ten times at that.
 *
 * The Euler steps are a loop: it carries nothing but the actions, and so costs little, and takes any number of them.
 */
export function oneRunActGraph(plan: Pi0Plan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { pi05, expert, horizon, actionSize } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const inputs = denoiseInputs(graph, sizes, cut, prefixCaches(graph, plan));
  const conditions = pi05
    ? graph.input("modulation", "float32", ["steps", expertNorms(sizes).length, 3 * expert.hidden])
    : graph.input("time_embedding", "float32", ["steps", expert.hidden]);
  const delta = graph.input("delta", "float32", [1]);
  const shares = graph.input("attention_shares", "float32", ["steps", 1, 1]);
  const noise: TypedValue = {
    value: graph.input("noise", "float32", [1, horizon, actionSize]),
    type: "float32",
    dims: [1, horizon, actionSize],
  };

  const { states, collected } = loop(
    graph,
    graph.input("steps", "int64", []),
    [noise],
    (step, [actions = ""]) => {
      const time = graph.node("Gather", [conditions, step], { attributes: { axis: { int: 0 } } });
      const { velocity, taps } = denoiseStep(graph, sizes, cut, inputs, { actions, time });
      const moved = graph.node("Add", [actions, graph.node("Mul", [velocity, delta])]);
      const parts = tapParts(cut, taps).map(({ columns, rows }): TypedValue => ({
        value: concat(graph, rows, 0),
        type: "float32",
        dims: [rows.length, columns],
      }));
      return { states: [moved], collected: parts };
    },
  );
  graph.output(states[0] ?? "", "actions", "float32", [1, horizon, actionSize]);
  for (const [index, { name, columns, rows }] of tapParts(cut, cut.tappedLayers.map(String)).entries()) {
    const shared = graph.node("Mul", [collected[index] ?? "", shares]); // [steps, layers, columns]
    graph.output(sum(graph, shared, [0]), name, "float32", [rows.length, columns]);
  }
  return graph.build();
}

/** Keys and values of the whole prefix: of all rows below the cut, of the kept ones above it. */
function prefixCaches(graph: GraphBuilder, { sizes, cut }: Pi0Plan): readonly PrefixCache[] {
  const { decoder, names } = sizes;
  const { embeddings } = prefixInput(graph, sizes);
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const tables = rotaryTables(graph, decoder);
  const caches: PrefixCache[] = [];
  let hidden = embeddings;
  let places = { positionIds: allPositions(graph, embeddings), tables };
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    if (layer === cut.pruneLayer) {
      hidden = gatherRows(graph, hidden, keptRows);
      places = { positionIds: unsqueeze(graph, keptRows, 0), tables }; // kept rows keep their positions
    }
    if (layer === decoder.layers - 1) {
      caches.push(lastPrefixLayer(graph, hidden, sizes, places));
      break;
    }
    const made = openLayer(graph, hidden, `${names.language}layers.`, layer, decoder, places);
    caches.push(made);
    hidden = made.hidden;
  }
  return caches;
}
