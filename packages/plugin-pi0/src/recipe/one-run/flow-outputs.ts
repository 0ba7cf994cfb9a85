import { concat } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import { unrolled } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { tapParts } from "../denoise-graph.ts";
import type { SteppedPlan } from "../pi0-sizes.ts";
import type { LookedRows } from "./action-attention.ts";
import { actionMoves } from "./embed-actions.ts";
import { eulerInputs } from "./euler-inputs.ts";
import { expertRows } from "./expert-rows.ts";
import { flowTap } from "./flow-taps.ts";
import type { LayerForm } from "./layer-form.ts";

/** What Euler steps start from. */
interface FlowBase {
  /** Keys and values of the prefix, layer by layer. */
  readonly columns: readonly LayerCache[];
  /** How many of them are visual, int64 `[1]` each: below the cut, and above. */
  readonly vision: readonly [all: Value, kept: Value];
  readonly tables: RotaryTables;
  readonly form: LayerForm;
}

/**
 * Outputs `actions` and their attention, of all Euler steps.
 *
 * What is the same in every step stands before them, and what only the taps need behind them. They stand one after the other: a
 * loop waits for the device before each of them, and can write nothing in place.
 */
export function flowOutputs(
  graph: GraphBuilder,
  { sizes, cut, steps }: SteppedPlan,
  { columns, vision, tables, form }: FlowBase,
): void {
  const { expert, horizon, actionSize } = sizes;
  const { past, embed, normalizeIn, places } = eulerInputs(graph, sizes, columns, tables, form);
  const attention = form.actions(graph, sizes, { past, places, pruneLayer: cut.pruneLayer });
  const counted = graph.input("attention_steps", "int64", ["counted"]);
  const moved = actionMoves(graph, sizes, graph.input("delta", "float32", [1]));
  const noise = graph.input("noise", "float32", [1, horizon, actionSize]);
  const parts = tapParts(cut);

  const { states, collected } = unrolled(graph, steps, [noise], (step, [actions = ""]) => {
    const normalize = normalizeIn(step);
    const start = embed(actions, step);
    const { stream, layers } = expertRows(graph, start, sizes, normalize, attention.attend, form);
    const { normed } = normalize(stream, 2 * layers.length);
    return {
      states: [graph.node("Add", [actions, moved(normed)])],
      collected: parts.flatMap(({ layers: tapped }) => lookedIn(graph, layers, tapped)),
    };
  });
  graph.output(states[0] ?? "", "actions", "float32", [1, horizon, actionSize]);
  const each = collected.length / Math.max(parts.length, 1);
  for (const [index, { name, layers, columns: seen, side }] of parts.entries()) {
    const tap = flowTap(
      graph,
      {
        ...attention.tapped(collected.slice(index * each, (index + 1) * each), layers.length),
        past: layers.map((layer) => past[layer]?.key ?? ""),
        steps: counted,
        columns: vision[side],
      },
      expert,
    );
    graph.output(tap, name, "float32", [layers.length, seen]);
  }
}

/** What some layers looked with, one layer after the other: `[layers, rows, …]` each. */
function lookedIn(graph: GraphBuilder, made: readonly LookedRows[], layers: readonly number[]): Value[] {
  const looked = layers.map((layer) => made[layer]?.looked ?? []);
  return (looked[0] ?? []).map((_, part) =>
    concat(
      graph,
      looked.map((values) => values[part] ?? ""),
      0,
    ),
  );
}
