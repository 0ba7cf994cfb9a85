import type { GraphBuilder } from "./graph-builder.ts";
import type { TypedValue, Value, ValueInfo } from "./graph-model.ts";

/** `condition ? whenTrue : whenFalse`, several values at once; only the side that is taken runs. */
export function branches(
  graph: GraphBuilder,
  condition: Value,
  whenTrue: () => readonly TypedValue[],
  whenFalse: () => readonly TypedValue[],
): Value[] {
  const thenBranch = graph.subgraph("then", [], whenTrue);
  const elseBranch = graph.subgraph("else", [], whenFalse);
  return graph.nodes("If", [condition], thenBranch.outputs.length, {
    attributes: { then_branch: { graph: thenBranch }, else_branch: { graph: elseBranch } },
  });
}

/** What a round of a loop leaves. */
export interface LoopRound {
  /** The states for the next round, as many as came in. */
  readonly states: readonly Value[];
  /** Values that are stacked over the rounds, along a new first axis. */
  readonly collected: readonly TypedValue[];
  /** Whether there is another round, bool `[]`; there is where absent. */
  readonly again?: Value;
}

/**
 * The rounds of a loop one after the other: as many as `trips` says.
 *
 * @param round is given the round's number from 0, int64 `[]`, and the states
 * @returns the states at the end, and what the rounds collected, stacked along a new first axis
 */
export function unrolled(
  graph: GraphBuilder,
  trips: number,
  states: readonly Value[],
  round: (
    number: Value,
    states: readonly Value[],
  ) => { readonly states: readonly Value[]; readonly collected: readonly Value[] },
): { readonly states: readonly Value[]; readonly collected: readonly Value[] } {
  const rounds: (readonly Value[])[] = [];
  let now = states;
  for (let trip = 0; trip < trips; trip += 1) {
    const made = graph.scope(`round.${trip}`, () => round(graph.constants.int(trip), now));
    rounds.push(made.collected);
    now = made.states;
  }
  const first = graph.constants.ints(0);
  const collected = (rounds[0] ?? []).map((_, index) => {
    const each = rounds.map((made) => graph.node("Unsqueeze", [made[index] ?? "", first]));
    return graph.node("Concat", each, { attributes: { axis: { int: 0 } } });
  });
  return { states: now, collected };
}

/**
 * As many rounds as `trips` says, int64 `[]`, or fewer where a round says so. Not on WebGPU, where ONNX Runtime has no such node.
 *
 * @param states what goes from round to round, at the start
 * @param round is given the round's number from 0, int64 `[]`, and the states
 * @returns the states at the end, and what the rounds collected
 */
export function loop(
  graph: GraphBuilder,
  trips: Value,
  states: readonly TypedValue[],
  round: (number: Value, states: readonly Value[]) => LoopRound,
): { readonly states: readonly Value[]; readonly collected: readonly Value[] } {
  const stem = trips.replaceAll("/", ".");
  const names = states.map((_, index) => `loop.${stem}.state.${index}`);
  const inner = (name: string, index: number): ValueInfo => {
    const { type = "float32", dims = [] } = states[index] ?? {};
    return { name, type, dims };
  };
  const [number, going] = [`loop.${stem}.round`, `loop.${stem}.going`];
  const inputs: ValueInfo[] = [
    { name: number, type: "int64", dims: [] },
    { name: going, type: "bool", dims: [] },
    ...names.map(inner),
  ];
  const body = graph.subgraph("body", inputs, () => {
    const made = round(number, names);
    const next = made.states.map((value, index) => ({ ...inner("", index), value }));
    return [{ value: made.again ?? going, type: "bool", dims: [] }, ...next, ...made.collected];
  });
  const start = [trips, graph.constants.flag(true), ...states.map(({ value }) => value)];
  const outputs = graph.nodes("Loop", start, body.outputs.length - 1, {
    attributes: { body: { graph: body } },
  });
  return { states: outputs.slice(0, states.length), collected: outputs.slice(states.length) };
}
