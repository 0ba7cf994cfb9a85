import { concat, slice } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { loop, GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { tapParts } from "../denoise-graph.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { actionMoves } from "./embed-actions.ts";
import { eulerInputs } from "./euler-inputs.ts";
import { expertRows } from "./expert-rows.ts";
import type { ExpertRows } from "./expert-rows.ts";
import { flowTap } from "./flow-taps.ts";
import type { LayerForm } from "./layer-form.ts";

/** What Euler steps start from. */
interface FlowBase {
  /** Keys and values of the prefix, layer by layer. */
  readonly columns: readonly LayerCache[];
  readonly tables: RotaryTables;
  readonly form: LayerForm;
}

/** Runs rounds one after the other, as `loop` does. */
type Rounds = (
  noise: TypedValue,
  round: Parameters<typeof loop>[3],
) => { readonly states: readonly Value[]; readonly collected: readonly Value[] };

/**
 * Outputs `actions` and their attention, of all Euler steps.
 *
 * What is the same in every step stands before them, and what only the taps need behind them.
 */
export function flowOutputs(
  graph: GraphBuilder,
  plan: Pi0Plan,
  { columns, tables, form }: FlowBase,
  rounds: Rounds,
): void {
  const { sizes, cut } = plan;
  const { expert, horizon, actionSize } = sizes;
  const dims = [1, horizon, actionSize];
  const { past, embed, normalizeIn, places } = eulerInputs(graph, sizes, columns, tables, form);
  const counts = graph.input("vision_columns", "int64", [2]);
  const counted = graph.input("attention_steps", "int64", ["counted"]);
  const moved = actionMoves(graph, sizes, graph.input("delta", "float32", [1]));
  const noise: TypedValue = { value: graph.input("noise", "float32", dims), type: "float32", dims };

  const { states, collected } = rounds(noise, (step, [actions = ""]) => {
    const normalize = normalizeIn(step);
    const start = embed(actions, step);
    const { stream, layers } = expertRows(graph, start, sizes, { normalize, places, past }, form);
    const { normed } = normalize(stream, 2 * layers.length);
    return {
      states: [graph.node("Add", [actions, moved(normed)])],
      collected: tapParts(cut).flatMap(({ layers: tapped }) => rowsOf(graph, plan, layers, tapped)),
    };
  });
  graph.output(states[0] ?? "", "actions", "float32", dims);
  for (const [index, { name, layers, columns: seen, side }] of tapParts(cut).entries()) {
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
    graph.output(tap, name, "float32", [layers.length, seen]);
  }
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
