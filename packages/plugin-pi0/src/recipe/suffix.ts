import { activate, cast, concat, dense, reshape } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** State and actions go in and out here: the robot's own numbers, and small matrices. */
export const EXACT = { exact: true };

/** What the suffix is made of. */
export interface SuffixInputs {
  /** float32 `[1, state]`; π0 only. */
  readonly state: Value | undefined;
  /** float32 `[1, horizon, action]`. */
  readonly actions: Value;
  /** π0: the time's embedding, float32 `[1, hidden]`. */
  readonly time: Value;
}

/**
 * Inputs of the expert, `[1, suffix, hidden]`. π0: the state, then actions and time through an MLP; π0.5:
 * the actions alone, since state and time enter elsewhere.
 */
export function suffixEmbeddings(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  { state, actions, time }: SuffixInputs,
): Value {
  const { actionSize, stateSize, horizon, expert } = sizes;
  const { hidden } = expert;
  const typed = (value: Value): Value => cast(graph, value, "float32", graph.floatType);
  const project = (x: Value, name: string, input: number): Value =>
    dense(graph, x, name, input, hidden, EXACT);
  return graph.scope("suffix", () => {
    const placed = project(typed(actions), "action_in_proj", actionSize);
    if (state === undefined) return placed;
    const spread = graph.node("Expand", [
      reshape(graph, typed(time), 1, 1, hidden),
      graph.constants.ints(1, horizon, hidden),
    ]);
    const inner = project(concat(graph, [placed, spread], 2), "action_time_mlp_in", 2 * hidden);
    const timed = project(activate(graph, inner, "silu"), "action_time_mlp_out", hidden);
    const first = reshape(graph, project(typed(state), "state_proj", stateSize), 1, 1, hidden);
    return concat(graph, [first, timed], 1);
  });
}

/** Velocity of the actions from the expert's last rows: float32 `[1, horizon, action]`. */
export function velocityOf(graph: GraphBuilder, { expert, actionSize }: Pi0Sizes, rows: Value): Value {
  const velocity = dense(graph, rows, "action_out_proj", expert.hidden, actionSize, EXACT);
  return cast(graph, velocity, graph.floatType, "float32");
}
