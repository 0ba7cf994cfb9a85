import { concat, rotaryTables, slice } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import { GraphBuilder, loop } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { tapParts } from "../denoise-graph.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import type { PrefixRows } from "../prefix-input.ts";
import { pictureInput, similarityOutput } from "../vision-graph.ts";
import { actionMoves } from "./embed-actions.ts";
import { eulerInputs } from "./euler-inputs.ts";
import { expertRows } from "./expert-rows.ts";
import type { ExpertRows } from "./expert-rows.ts";
import { flowTap } from "./flow-taps.ts";
import { scoreOutput } from "./head-graph.ts";
import { prefixPass } from "./prefix-pass.ts";

/**
 * Graph `act` that does a whole call in one run: prefix, kept rows and noise in, actions and their attention out. Layers
 * below the cut are run again here: where tensors pass through the host between runs, that is cheaper than to hand over
 * hidden states and caches, ten times at that.
 */
export function oneRunActGraph(plan: Pi0Plan): PlannedGraph {
  const graph = new GraphBuilder("act", plan.checkpoint, plan.floatType);
  callOutputs(graph, plan, prefixInput(graph, plan.sizes));
  return graph.build();
}

/**
 * Graph `step` that is a call from pixels on, for tokens that were chosen before it: `act`, with the vision tower before the
 * prefix, and what chooses the next call's tokens.
 */
export function stepGraph(plan: Pi0Plan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const graph = new GraphBuilder("step", checkpoint, floatType);
  const image = pictureInput(graph, sizes);
  similarityOutput(graph, image);
  const prefix = prefixInput(graph, sizes, image);
  const layers = callOutputs(graph, plan, prefix);
  const { query = "", key = "" } = layers[cut.pruneLayer - 1] ?? {};
  scoreOutput(graph, { query, key }, prefix, sizes);
  return graph.build();
}

/**
 * Actions and their attention out of a prefix; gives the prefix's layers, as far as they have queries.
 *
 * The Euler steps are a loop: it carries nothing but the actions, and so costs little, and takes any number of them. What
 * is the same in every step stands before it, and what only the taps need behind it.
 */
function callOutputs(graph: GraphBuilder, plan: Pi0Plan, { embeddings }: PrefixRows): readonly RotatedRows[] {
  const { sizes, cut } = plan;
  const { expert, horizon, actionSize, decoder } = sizes;
  const dims = [1, horizon, actionSize];
  const kept = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const tables = rotaryTables(graph, decoder);
  const prefix = prefixPass(graph, plan, embeddings, kept, tables);
  const { past, embed, normalizeIn, places } = eulerInputs(graph, sizes, prefix.columns, tables);
  const counts = graph.input("vision_columns", "int64", [2]);
  const counted = graph.input("attention_steps", "int64", ["counted"]);
  const moved = actionMoves(graph, sizes, graph.input("delta", "float32", [1]));
  const noise: TypedValue = { value: graph.input("noise", "float32", dims), type: "float32", dims };

  const { states, collected } = loop(
    graph,
    graph.input("steps", "int64", []),
    [noise],
    (step, [actions = ""]) => {
      const normalize = normalizeIn(step);
      const { stream, layers } = expertRows(graph, embed(actions, step), sizes, { normalize, places, past });
      const { normed } = normalize(stream, 2 * layers.length);
      return {
        states: [graph.node("Add", [actions, moved(normed)])],
        collected: tapParts(cut).flatMap(({ layers: tapped }) => rowsOf(graph, plan, layers, tapped)),
      };
    },
  );
  graph.output(states[0] ?? "", "actions", "float32", dims);
  for (const [index, { name, layers, columns, side }] of tapParts(cut).entries()) {
    const [queries = "", keys = ""] = collected.slice(2 * index);
    const tap = flowTap(
      graph,
      {
        queries,
        keys,
        past: layers.map((layer) => past[layer]?.key ?? ""),
        steps: counted,
        columns: slice(graph, counts, side, side + 1, 0),
      },
      expert,
    );
    graph.output(tap, name, "float32", [layers.length, columns]);
  }
  return prefix.layers;
}

/** Queries and keys of some layers, one after the other: `[layers, rows, width]`. */
function rowsOf(
  graph: GraphBuilder,
  { sizes }: Pi0Plan,
  made: readonly ExpertRows[],
  layers: readonly number[],
): TypedValue[] {
  const { heads, keyValueHeads, headSize } = sizes.expert;
  const stacked = (part: "query" | "key", count: number): TypedValue => ({
    value: concat(
      graph,
      layers.map((layer): Value => made[layer]?.rows[part] ?? ""),
      0,
    ),
    type: graph.floatType,
    dims: [layers.length, sizes.horizon, count * headSize],
  });
  return [stacked("query", heads), stacked("key", keyValueHeads)];
}
