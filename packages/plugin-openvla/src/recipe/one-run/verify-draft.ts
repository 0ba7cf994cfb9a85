import { END, slice } from "@vla-pruner/onnx/blocks";
import { branches } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue } from "@vla-pruner/onnx/graph";
import { acceptedTokens } from "./accepted-tokens.ts";
import { answersOf, tappedRows } from "./answers.ts";
import { decoderPass } from "./decoder-pass.ts";
import { withRest } from "./decode-rest.ts";
import type { Decoded, DecodedPrompt } from "./greedy.ts";
import { bySide } from "./one-run-plan.ts";
import type { OneRunPlan } from "./one-run-plan.ts";
import type { StepInputs } from "./step-inputs.ts";
import { withUnrolledRest } from "./unrolled-rest.ts";

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
  plan: OneRunPlan,
  results: (decoded: Decoded) => readonly TypedValue[],
): { readonly verified: DecodedPrompt; readonly given: readonly TypedValue[] } {
  const { actions } = plan;
  const { constants } = graph;
  const { draft, from } = step;
  const made = decoderPass(
    graph,
    {
      name: "draft",
      rows: step.prompt,
      caches: step.caches,
      lengths: step.lengths(actions - 1),
      keptRows: step.keptRows,
      answers: [-actions, END],
      tap: step.padded ? "all" : "answers",
      from,
      oneRow: false,
    },
    plan,
    step.tables,
  );
  const pass = { ...made, tapped: new Map([...step.tapped, ...made.tapped]) };
  const answers = answersOf(graph, pass.hidden, plan, actions);
  const accepted = acceptedTokens(graph, answers.tokens, draft, plan); // int64 [1]
  const verified: DecodedPrompt = {
    ...answers,
    caches: pass.caches,
    atCut: made.atCut,
    rows: bySide((side) => {
      const rows = tappedRows(graph, [pass], plan, side);
      return rows !== null && step.padded ? slice(graph, rows, -actions, END, 1) : rows;
    }),
  };
  const afterPrefix = plan.target === "webgpu" ? withUnrolledRest : withRest;
  // Outside of the branches: the device works on it while the host waits to learn how much was accepted.
  const whole = results(verified);
  const given = branches(
    graph,
    graph.node("Equal", [accepted, constants.ints(actions - 1)]),
    () => whole,
    () => results(afterPrefix(graph, { step, accepted, verified }, plan)),
  );
  return { verified, given: whole.map((type, index) => ({ ...type, value: given[index] ?? "" })) };
}
