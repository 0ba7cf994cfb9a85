import { rotaryTables } from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { firstCaches } from "./caches.ts";
import { SIDES } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { promptInput } from "./prompt-input.ts";

/** What a whole step starts from. */
export interface StepInputs {
  /** `[1, sequence, hidden]`. */
  readonly prompt: Value;
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
  const { embeddings: prompt } = promptInput(graph, plan);
  const keptRows = graph.input("kept_rows", "int64", ["kept_sequence"]);
  const places = graph.input("cache_positions", "int64", ["cached"]);
  const below = rotaryTables(graph, decoder);
  const row = (table: Value): Value =>
    graph.node("Gather", [table, places], { attributes: { axis: { int: 0 } } });
  const above = { cosine: row(below.cosine), sine: row(below.sine) }; // kept tokens keep their positions
  return {
    prompt,
    keptRows,
    caches: firstCaches(graph, plan),
    tables: { below, above },
    positions: graph.input("answer_positions", "int64", [plan.actions]),
    lengths: Array.from({ length: plan.actions }, (_, step) => lengthInputs(graph, String(step))),
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
