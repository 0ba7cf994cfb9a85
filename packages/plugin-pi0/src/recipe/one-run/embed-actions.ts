import { cast, linearMatrix, reshape, slice, vector } from "@vla-pruner/onnx/blocks";
import type { Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import { EXACT } from "../suffix.ts";

/** Makes the expert's rows of noisy actions, `[1, horizon, hidden]`, in a step; the first norm adds their bias. */
export type EmbedActions = (actions: Value, step: Value) => Stream;

/**
 * π0's actions and time through their MLP. What stands between the actions and its activation is one matrix, and what the time
 * adds there is known for all steps before the loop.
 *
 * @param times float32 `[steps, hidden]`
 */
export function timedActions(graph: GraphBuilder, sizes: Pi0Sizes, times: Value): EmbedActions {
  const { actionSize, expert } = sizes;
  const { hidden } = expert;
  const name = "action_time_mlp_in";
  const [weights, outputs] = [[`${name}.weight`], [hidden]];
  const matrix = linearMatrix(graph, { weights, input: 2 * hidden, outputs, ...EXACT });
  const ofPlaces = slice(graph, matrix, 0, hidden, 0);
  const ofTimes = slice(graph, matrix, hidden, 2 * hidden, 0);
  const place = exactLinear(graph, "action_in_proj", actionSize, hidden);
  const ofActions = graph.node("MatMul", [place.matrix, ofPlaces]); // [action, hidden]
  const same = graph.node("Add", [
    graph.node("MatMul", [reshape(graph, place.bias, 1, hidden), ofPlaces]),
    vector(graph, [`${name}.bias`], outputs),
  ]);
  const typed = cast(graph, times, "float32", graph.floatType);
  const offsets = graph.node("Add", [graph.node("MatMul", [typed, ofTimes]), same]); // [steps, hidden]
  const byStep = reshape(graph, offsets, -1, 1, 1, hidden);
  const last = exactLinear(graph, "action_time_mlp_out", hidden, hidden);
  const rest = everyRow(graph, sizes, last.bias);
  return (actions, step) => {
    const inner = graph.node("Add", [
      graph.node("MatMul", [cast(graph, actions, "float32", graph.floatType), ofActions]),
      stepOf(graph, byStep, step),
    ]);
    const activated = graph.node("QuickGelu", [inner], {
      domain: "com.microsoft",
      attributes: { alpha: { float: 1 } }, // SiLU
    });
    return { rest, added: graph.node("MatMul", [activated, last.matrix]) };
  };
}

/** π0.5's actions: time and state enter elsewhere. */
export function placedActions(graph: GraphBuilder, sizes: Pi0Sizes): EmbedActions {
  const { matrix, bias } = exactLinear(graph, "action_in_proj", sizes.actionSize, sizes.expert.hidden);
  const rest = everyRow(graph, sizes, bias);
  return (actions) => {
    const typed = cast(graph, actions, "float32", graph.floatType);
    return { rest, added: graph.node("MatMul", [typed, matrix]) };
  };
}

/** Makes what an Euler step adds to the actions out of the expert's last rows: float32 `[1, horizon, action]`. */
export function actionMoves(
  graph: GraphBuilder,
  { expert, actionSize }: Pi0Sizes,
  delta: Value,
): (rows: Value) => Value {
  const { matrix, bias } = exactLinear(graph, "action_out_proj", expert.hidden, actionSize);
  const wide = reshape(graph, bias, 1, 1, actionSize);
  return (rows) => {
    const velocity = graph.node("Add", [graph.node("MatMul", [rows, matrix]), wide]);
    return graph.node("Mul", [cast(graph, velocity, graph.floatType, "float32"), delta]);
  };
}

/** What `values` have for a step: the first axis goes. */
export function stepOf(graph: GraphBuilder, values: Value, step: Value): Value {
  return graph.node("Gather", [values, step], { attributes: { axis: { int: 0 } } });
}

/**
 * Matrix `[input, output]` and bias `[output]` of a `Linear`, apart: a product of three axes and a bias of one that is added
 * to it become `Gemm` between two `Reshape` in ONNX Runtime, which in a loop is dearer.
 */
function exactLinear(
  graph: GraphBuilder,
  name: string,
  input: number,
  output: number,
): { readonly matrix: Value; readonly bias: Value } {
  const matrix = linearMatrix(graph, { weights: [`${name}.weight`], input, outputs: [output], ...EXACT });
  return { matrix, bias: vector(graph, [`${name}.bias`], [output]) };
}

/** A vector `[hidden]` as every action row, `[1, horizon, hidden]`. */
function everyRow(graph: GraphBuilder, { horizon, expert }: Pi0Sizes, values: Value): Value {
  return graph.node("Expand", [values, graph.constants.ints(1, horizon, expert.hidden)]);
}
