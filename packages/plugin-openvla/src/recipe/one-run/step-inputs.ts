import { END, packedWidths, rotaryTables, slice } from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { wordType } from "./answers.ts";
import { firstCaches } from "./caches.ts";
import { passLengths } from "./pass-lengths.ts";
import { tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { promptInput } from "./prompt-input.ts";
import type { PromptRows } from "./prompt-input.ts";

/** What a whole step starts from. */
export interface StepInputs {
  /** Rows of the prompt as layer `from` takes them, `[1, sequence, hidden]`: with those of the draft, where there is one. */
  readonly prompt: Value;
  /** Whether as many rows as a draft has follow those of the prompt where there is none, too. */
  readonly padded: boolean;
  /** The words to verify, `[1, actions − 1]`, in the type of `wordType`. */
  readonly draft: Value;
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
  /** Lengths of a pass: the prompt (0), one more token each, prompt and draft (the last). */
  readonly lengths: (pass: number) => (side: Side) => CacheLengths;
  /** Those of the cache after it alone, int32 `[1]`. */
  readonly totals: (pass: number) => (side: Side) => Value;
}

export function stepInputs(graph: GraphBuilder, plan: OneRunPlan): StepInputs {
  const { decoder } = plan.sizes;
  const handsOver = plan.target === "webgpu";
  const begun = handsOver ? handedOver(graph, plan) : fromThePrompt(graph, plan);
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  // Rows of the prompt, and then of what is decoded, are numbered by position.
  const places = handsOver ? graph.input("cache_positions", "int64", ["cached"]) : keptRows;
  const below = rotaryTables(graph, decoder);
  const row = (table: Value): Value =>
    graph.node("Gather", [table, places], { attributes: { axis: { int: 0 } } });
  const above = { cosine: row(below.cosine), sine: row(below.sine) }; // kept tokens keep their positions
  return {
    ...begun,
    padded: !handsOver,
    keptRows,
    caches: firstCaches(graph, plan),
    tables: { below, above },
    positions: handsOver
      ? graph.input("answer_positions", "int64", [plan.actions])
      : slice(graph, keptRows, -plan.actions, END, 0),
    ...passLengths(graph, plan, { below: begun.prompt, above: keptRows }),
  };
}

type Begun = Pick<StepInputs, "prompt" | "draft" | "scored" | "from" | "tapped">;

function fromThePrompt(graph: GraphBuilder, plan: OneRunPlan): Begun {
  const rows = promptInput(graph, plan);
  return {
    prompt: rows.embeddings,
    draft: slice(graph, rows.ids, 1 - plan.actions, END, 1),
    scored: plan.ahead ? rows : null,
    from: 0,
    tapped: new Map(),
  };
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
    draft: graph.input("draft", wordType(plan), [1, plan.actions - 1]),
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
