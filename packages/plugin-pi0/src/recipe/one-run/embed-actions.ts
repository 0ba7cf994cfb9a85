import { activate, cast, dense, linearMatrix, slice, vector } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import { EXACT } from "../suffix.ts";

/** Makes the expert's rows of noisy actions, `[1, horizon, hidden]`, in a step. */
export type EmbedActions = (actions: Value, step: Value) => Value;

/**
 * π0's actions and time through their MLP. Its first matrix reads both side by side: what it makes of the time is worked out for
 * all steps at once, before the loop.
 *
 * @param times float32 `[steps, hidden]`
 */
export function timedActions(graph: GraphBuilder, sizes: Pi0Sizes, times: Value): EmbedActions {
  const { hidden } = sizes.expert;
  const name = "action_time_mlp_in";
  const [weights, outputs] = [[`${name}.weight`], [hidden]];
  const matrix = linearMatrix(graph, { weights, input: 2 * hidden, outputs, ...EXACT });
  const ofActions = slice(graph, matrix, 0, hidden, 0);
  const ofTimes = slice(graph, matrix, hidden, 2 * hidden, 0);
  const typed = cast(graph, times, "float32", graph.floatType);
  const product = graph.node("MatMul", [typed, ofTimes]);
  const offsets = graph.node("Add", [product, vector(graph, [`${name}.bias`], outputs)]); // [steps, hidden]
  const place = placedActions(graph, sizes);
  return (actions, step) => {
    const offset = stepOf(graph, offsets, step);
    const inner = graph.node("Add", [graph.node("MatMul", [place(actions, step), ofActions]), offset]);
    return dense(graph, activate(graph, inner, "silu"), "action_time_mlp_out", hidden, hidden, EXACT);
  };
}

/** π0.5's actions: time and state enter elsewhere. */
export function placedActions(graph: GraphBuilder, { actionSize, expert }: Pi0Sizes): EmbedActions {
  return (actions) => {
    const typed = cast(graph, actions, "float32", graph.floatType);
    return dense(graph, typed, "action_in_proj", actionSize, expert.hidden, EXACT);
  };
}

/** What `values` have for a step: the first axis goes. */
export function stepOf(graph: GraphBuilder, values: Value, step: Value): Value {
  return graph.node("Gather", [values, step], { attributes: { axis: { int: 0 } } });
}
