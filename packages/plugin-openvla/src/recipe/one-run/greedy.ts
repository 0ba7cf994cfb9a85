import { concat, END } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { answersOf, indicesOf, tappedRows } from "./answers.ts";
import type { Answers } from "./answers.ts";
import { decoderPass } from "./decoder-pass.ts";
import type { Pass, PassInputs } from "./decoder-pass.ts";
import { bySide } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";
import type { StepInputs } from "./step-inputs.ts";

/** A whole call's decoding: what was answered, and what the taps read. */
export interface Decoded extends Answers {
  /** By side, queries, keys and values of the rows that answer, packed, `[layers, actions, packed]`; `null` where no layer is tapped. */
  readonly rows: Readonly<Record<Side, Value | null>>;
  readonly caches: Pass["caches"];
  /** By side, keys of the tapped layers, joined; those of `caches` where absent. */
  readonly tappedKeys?: Readonly<Record<Side, Value | null>>;
}

/** The same of a pass over the prompt. */
export interface DecodedPrompt extends Decoded {
  /** Packed rows of the prompt at layer K − 1, where it went through that in this graph. */
  readonly atCut: Value | null;
}

/** The last row of the prompt, from the end. */
function promptAnswer({ padded }: StepInputs, { actions }: OneRunPlan): readonly [number, number] {
  return padded ? [-actions, 1 - actions] : [-1, END];
}

/** Token after token, unrolled: every step has nodes of its own and shares the weights. */
export function greedy(graph: GraphBuilder, step: StepInputs, plan: OneRunPlan): DecodedPrompt {
  const passes: Pass[] = [];
  const answers: Answers[] = [];
  const { actions } = plan;
  let rows = step.prompt;
  for (let action = 0; action < actions; action += 1) {
    const first = action === 0;
    const inputs: PassInputs = {
      name: `step_${action}`,
      rows,
      caches: passes.at(-1)?.caches ?? step.caches,
      lengths: step.lengths(first && step.padded ? actions - 1 : action),
      keptRows: first ? step.keptRows : null,
      answers: first ? promptAnswer(step, plan) : null,
      tap: "answers",
      from: first ? step.from : 0,
      oneRow: !first,
    };
    const decoded = (): readonly [Pass, Answers] => {
      const made = decoderPass(graph, inputs, plan, step.tables);
      return [made, answersOf(graph, made.hidden, plan, 1)];
    };
    const [pass, answer] = first ? decoded() : graph.oneRow(decoded);
    if (action < actions - 1) rows = wordRows(graph, indicesOf(graph, answer.tokens, plan), plan);
    passes.push(first ? { ...pass, tapped: new Map([...step.tapped, ...pass.tapped]) } : pass);
    answers.push(answer);
  }
  const joined = (values: readonly Value[]): Value => concat(graph, values, 1);
  return {
    tokens: joined(answers.map(({ tokens }) => tokens)),
    scores: joined(answers.map(({ scores }) => scores)),
    rows: bySide((side) => tappedRows(graph, passes, plan, side)),
    caches: passes.at(-1)?.caches ?? [],
    atCut: passes[0]?.atCut ?? null,
  };
}
