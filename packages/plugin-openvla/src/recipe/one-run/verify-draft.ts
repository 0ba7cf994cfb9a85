import { concat, streamSum } from "@vla-pruner/onnx/blocks";
import type { CacheLengths } from "@vla-pruner/onnx/blocks";
import { branches } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { acceptedTokens } from "./accepted-tokens.ts";
import { answersOf, tappedRows } from "./answers.ts";
import { decoderPass, layersPass } from "./decoder-pass.ts";
import { withRest } from "./decode-rest.ts";
import type { Decoded } from "./greedy.ts";
import { bySide } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";
import type { StepInputs } from "./step-inputs.ts";
import { withUnrolledRest } from "./unrolled-rest.ts";

interface Draft {
  /** `[1, actions − 1]`, in the type of `wordType`. */
  readonly tokens: Value;
  /** Lengths of the pass over prompt and draft. */
  readonly lengths: Readonly<Record<Side, CacheLengths>>;
}

/**
 * The draft goes through the decoder with the prompt; as much of it as greedy decoding would have chosen is
 * taken, with the token after it, and further passes decode the rest. The tokens are those of greedy decoding,
 * whatever the draft is.
 *
 * @param results what the graph gives of what was decoded
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
  const inputs = { name: "draft", lengths: draft.lengths, oneRow: false };
  const words = wordRows(graph, draft.tokens, plan);
  const all = { ...inputs, caches: step.caches, keptRows: null, answers: null, from: 0, to: step.from };
  const begun = layersPass(graph, { ...all, rows: words }, plan, step.tables);
  const rows = concat(graph, [step.prompt, streamSum(graph, begun.stream)], 1);
  const kept = {
    ...inputs,
    caches: begun.caches,
    keptRows: step.keptRows,
    answers: actions,
    from: step.from,
  };
  const made = decoderPass(graph, { ...kept, rows }, plan, step.tables);
  const below = [...begun.tapped].map(
    ([layer, later]) => [layer, concat(graph, [step.tapped.get(layer) ?? "", later], 1)] as const,
  );
  const pass = { ...made, tapped: new Map([...below, ...made.tapped]) };
  const answers = answersOf(graph, pass.hidden, plan, actions);
  const accepted = acceptedTokens(graph, answers.tokens, draft.tokens, plan); // int64 [1]
  const verified = {
    ...answers,
    caches: pass.caches,
    rows: bySide((side) => tappedRows(graph, [pass], plan, side)),
  };
  const afterPrefix = plan.target === "webgpu" ? withUnrolledRest : withRest;
  let types: readonly TypedValue[] = [];
  const given = branches(
    graph,
    graph.node("Equal", [accepted, constants.ints(actions - 1)]),
    () => (types = results(verified)),
    () => results(afterPrefix(graph, { step, accepted, verified, lengths: draft.lengths }, plan)),
  );
  return types.map((type, index) => ({ ...type, value: given[index] ?? "" }));
}
