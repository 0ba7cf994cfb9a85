import { packedWidths, rotaryTables } from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { firstCaches } from "./caches.ts";
import { SIDES, tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { promptInput } from "./prompt-input.ts";

/** What a whole step starts from. */
export interface StepInputs {
  /** The prompt's rows as layer `from` takes them, `[1, sequence, hidden]`. */
  readonly prompt: Value;
  /** Layers below it `prefill_head` has been through. */
  readonly from: number;
  /** What those give of the row that answers first, by tapped layer, packed, `[1, 1, packed]`. */
  readonly tapped: ReadonlyMap<number, Value>;
  /** Rows of prompt (and draft) that go on above the cut, int64 `[kept sequence]`. */
  readonly keptRows: Value;
  readonly caches: readonly (LayerCache | null)[];
  readonly tables: Readonly<Record<Side, RotaryTables>>;
  /** Positions of the rows that answer, int64 `[actions]`. */
  readonly positions: Value;
  readonly lengths: readonly Readonly<Record<Side, CacheLengths>>[];
}

/**
 * Lengths of the passes: the prompt, then one more token each. Counted outside: lengths that a graph works
 * out on a device would have to come back from it.
 */
export function stepInputs(graph: GraphBuilder, plan: OneRunPlan): StepInputs {
  const { decoder } = plan.sizes;
  const begun =
    plan.target === "webgpu"
      ? handedOver(graph, plan)
      : { prompt: promptInput(graph, plan).embeddings, from: 0, tapped: new Map<number, Value>() };
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const places = graph.input("cache_positions", "int64", ["cached"]);
  const below = rotaryTables(graph, decoder);
  const row = (table: Value): Value =>
    graph.node("Gather", [table, places], { attributes: { axis: { int: 0 } } });
  const above = { cosine: row(below.cosine), sine: row(below.sine) }; // kept tokens keep their positions
  return {
    ...begun,
    keptRows,
    caches: firstCaches(graph, plan),
    tables: { below, above },
    positions: graph.input("answer_positions", "int64", [plan.actions]),
    lengths: Array.from({ length: plan.actions }, (_, step) => lengthInputs(graph, String(step))),
  };
}

/** Names under which `prefill_head` hands its rows to `act`: all of them, and the last one's at a tapped layer. */
export const HANDED_ROWS = "hidden_states";
export function tappedName(layer: number): string {
  return `last_row.${layer}`;
}

function handedOver(graph: GraphBuilder, plan: OneRunPlan): Pick<StepInputs, "prompt" | "from" | "tapped"> {
  const { decoder } = plan.sizes;
  const width = packedWidths(decoder).reduce((total, part) => total + part);
  return {
    prompt: graph.input(HANDED_ROWS, graph.floatType, [1, "sequence", decoder.hidden]),
    from: plan.cut.pruneLayer,
    tapped: new Map(
      tappedOn(plan, "below").map((layer) => [
        layer,
        graph.input(tappedName(layer), graph.floatType, [1, 1, width]),
      ]),
    ),
  };
}

/** Lengths of one pass, as inputs. */
export function lengthInputs(graph: GraphBuilder, pass: string): Readonly<Record<Side, CacheLengths>> {
  const both = SIDES.map((side): [Side, CacheLengths] => [
    side,
    {
      lastIndex: graph.input(`last_index.${side}.${pass}`, "int32", [1]),
      total: graph.input(`total_length.${side}.${pass}`, "int32", [1]),
    },
  ]);
  return Object.fromEntries(both) as Record<Side, CacheLengths>;
}

export function lengthsOf({ lengths }: StepInputs, step: number): Readonly<Record<Side, CacheLengths>> {
  const found = lengths[step];
  if (found === undefined) throw new RangeError(`no lengths of step ${step}`);
  return found;
}
