import { packedWidths, rotaryTables, slice } from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { firstCaches } from "./caches.ts";
import { bySide, SIDES, tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { promptInput } from "./prompt-input.ts";
import type { PromptRows } from "./prompt-input.ts";

/** What a whole step starts from. */
export interface StepInputs {
  /** Rows of the prompt as layer `from` takes them, `[1, sequence, hidden]`: with those of the draft, where `from` is not 0. */
  readonly prompt: Value;
  /** The prompt as it goes in, where scores are of the same run. */
  readonly scored: PromptRows | null;
  /** Layers below it `prefill_head` has been through. */
  readonly from: number;
  /** What those give of the rows that answer, by tapped layer, packed, `[1, answers, packed]`. */
  readonly tapped: ReadonlyMap<number, Value>;
  /** Rows of prompt (and draft) that go on above the cut, int64 `[kept sequence]`. */
  readonly keptRows: Value;
  readonly caches: readonly (LayerCache | null)[];
  readonly tables: Readonly<Record<Side, RotaryTables>>;
  /** Positions of the rows that answer, int64 `[actions]`. */
  readonly positions: Value;
  /** Lengths of a pass: the prompt (0), one more token each, prompt and draft. */
  readonly lengths: (pass: PassNumber) => (side: Side) => CacheLengths;
  /** Those of the cache after it alone, int32 `[1]`. */
  readonly totals: (pass: PassNumber) => Readonly<Record<Side, Value>>;
}

export type PassNumber = number | "draft";

export function stepInputs(graph: GraphBuilder, plan: OneRunPlan): StepInputs {
  const { decoder } = plan.sizes;
  const begun = plan.target === "webgpu" ? handedOver(graph, plan) : fromThePrompt(graph, plan);
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
    ...lengthInputs(graph, plan),
  };
}

type Begun = Pick<StepInputs, "prompt" | "scored" | "from" | "tapped">;

function fromThePrompt(graph: GraphBuilder, plan: OneRunPlan): Begun {
  const rows = promptInput(graph, plan);
  return { prompt: rows.embeddings, scored: plan.ahead ? rows : null, from: 0, tapped: new Map() };
}

/** Names under which `prefill_head` hands its rows to `act`: all of them, and those that answer at a tapped layer. */
export const HANDED_ROWS = "hidden_states";
export function tappedName(layer: number): string {
  return `answering_rows.${layer}`;
}

function handedOver(graph: GraphBuilder, plan: OneRunPlan): Begun {
  const { decoder } = plan.sizes;
  const width = packedWidths(decoder).reduce((total, part) => total + part);
  return {
    prompt: graph.input(HANDED_ROWS, graph.floatType, [1, "sequence", decoder.hidden]),
    scored: null,
    from: plan.cut.pruneLayer,
    tapped: new Map(
      tappedOn(plan, "below").map((layer) => [
        layer,
        graph.input(tappedName(layer), graph.floatType, [1, "answering", width]),
      ]),
    ),
  };
}

/**
 * Lengths are counted outside: those that a graph works out on a device would have to come back from it. On WebGPU those
 * that are read on the device come as one vector, since each input is a copy.
 */
function lengthInputs(graph: GraphBuilder, plan: OneRunPlan): Pick<StepInputs, "lengths" | "totals"> {
  const passes: readonly PassNumber[] = [...Array.from({ length: plan.actions }, (_, step) => step), "draft"];
  const inputs = (name: string): ReadonlyMap<string, Value> =>
    new Map(
      SIDES.flatMap((side) =>
        passes.map((pass): [string, Value] => {
          const place = `${side}.${pass}`;
          return [place, graph.input(`${name}.${place}`, "int32", [1])];
        }),
      ),
    );
  const all = inputs("total_length");
  const totals: StepInputs["totals"] = (pass) => bySide((side) => all.get(`${side}.${pass}`) ?? "");
  const joined = plan.target === "webgpu";
  const vector = joined ? graph.input("last_indices", "int32", [SIDES.length * passes.length]) : "";
  const apart = joined ? new Map<string, Value>() : inputs("last_index");
  const lastIndex = (side: Side, pass: PassNumber): Value => {
    if (!joined) return apart.get(`${side}.${pass}`) ?? "";
    const place = SIDES.indexOf(side) * passes.length + passes.indexOf(pass);
    return slice(graph, vector, place, place + 1, 0);
  };
  return {
    totals,
    lengths: (pass) => (side) => ({ lastIndex: lastIndex(side, pass), total: totals(pass)[side] }),
  };
}
