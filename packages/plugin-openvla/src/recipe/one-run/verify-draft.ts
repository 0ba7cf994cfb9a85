import { cast, concat, slice, sum } from "@vla-pruner/onnx/blocks";
import type { CacheLengths } from "@vla-pruner/onnx/blocks";
import { branches } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, tappedRows } from "./answers.ts";
import { decoderPass } from "./decoder-pass.ts";
import { withRest } from "./decode-rest.ts";
import type { Decoded } from "./greedy.ts";
import { bySide } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";
import type { StepInputs } from "./step-inputs.ts";

interface Draft {
  /** int64 `[1, actions − 1]`. */
  readonly tokens: Value;
  /** Lengths of the pass over prompt and draft. */
  readonly lengths: Readonly<Record<Side, CacheLengths>>;
}

/**
 * The draft goes through the decoder with the prompt; as much of it as greedy decoding would have chosen is
 * taken, with the token after it, and a loop decodes the rest. The tokens are those of greedy decoding,
 * whatever the draft is.
 *
 * @param results what the graph gives of what was decoded; without the loop where nothing is left, since even one of no
 * rounds copies all caches
 */
export function verifyDraft(
  graph: GraphBuilder,
  step: StepInputs,
  draft: Draft,
  plan: OneRunPlan,
  results: (decoded: Decoded) => readonly TypedValue[],
): readonly TypedValue[] {
  const { actions } = plan;
  const { constants } = graph;
  const pass = decoderPass(
    graph,
    {
      name: "draft",
      embeddings: concat(graph, [step.prompt, wordRows(graph, draft.tokens, plan)], 1),
      caches: step.caches,
      lengths: draft.lengths,
      keptRows: step.keptRows,
      answers: actions,
    },
    plan,
    step.tables,
  );
  const answers = answersOf(graph, pass.hidden, plan);
  const accepted = matchingPrefix(graph, answers.tokens, draft.tokens, actions - 1); // int64 [1]
  const verified = {
    ...answers,
    caches: pass.caches,
    rows: bySide((side) => tappedRows(graph, [pass], plan, side)),
  };
  let types: readonly TypedValue[] = [];
  const given = branches(
    graph,
    graph.node("Equal", [accepted, constants.ints(actions - 1)]),
    () => (types = results(verified)),
    () => results(withRest(graph, { step, accepted, verified }, plan)),
  );
  return types.map((type, index) => ({ ...type, value: given[index] ?? "" }));
}

/** Tokens of the draft up to the first that differs from what was answered, int64 `[1]`. */
function matchingPrefix(graph: GraphBuilder, answered: Value, draft: Value, count: number): Value {
  const same = graph.node("Equal", [slice(graph, answered, 0, count, 1), draft]);
  const wrong = cast(graph, graph.node("Not", [same]), "bool", "int32");
  const wrongSoFar = graph.node("CumSum", [wrong, graph.constants.int(1)]);
  const right = graph.node("Equal", [wrongSoFar, graph.constants.int32s(0)]);
  return sum(graph, cast(graph, right, "bool", "int64"), [1]);
}
