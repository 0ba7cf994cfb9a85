import { activate, cast, concat, linear, reshape } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

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
  return graph.scope("suffix", () => {
    const placed = dense(graph, typed(actions), sizes, "action_in_proj", [actionSize, hidden]);
    if (state === undefined) return placed;
    const spread = graph.node("Expand", [
      reshape(graph, typed(time), 1, 1, hidden),
      graph.constants.ints(1, horizon, hidden),
    ]);
    const inner = dense(graph, concat(graph, [placed, spread], 2), sizes, "action_time_mlp_in", [
      2 * hidden,
      hidden,
    ]);
    const timed = dense(graph, activate(graph, inner, "silu"), sizes, "action_time_mlp_out", [
      hidden,
      hidden,
    ]);
    const first = reshape(
      graph,
      dense(graph, typed(state), sizes, "state_proj", [stateSize, hidden]),
      1,
      1,
      hidden,
    );
    return concat(graph, [first, timed], 1);
  });
}

/** Velocity of the actions from the expert's last rows: float32 `[1, horizon, action]`. */
export function velocityOf(graph: GraphBuilder, sizes: Pi0Sizes, rows: Value): Value {
  const { expert, actionSize } = sizes;
  return cast(
    graph,
    dense(graph, rows, sizes, "action_out_proj", [expert.hidden, actionSize]),
    graph.floatType,
    "float32",
  );
}

function dense(
  graph: GraphBuilder,
  x: Value,
  { names }: Pi0Sizes,
  name: string,
  [input, output]: readonly [number, number],
): Value {
  return linear(graph, x, {
    weights: [`${names.root}${name}.weight`],
    biases: [`${names.root}${name}.bias`],
    input,
    outputs: [output],
  });
}
