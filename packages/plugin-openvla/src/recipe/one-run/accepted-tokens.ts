import { cast, reshape, slice, sum } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { OneRunPlan } from "./one-run-plan.ts";

/**
 * Tokens of the draft up to the first that differs from what was answered, int64 `[1]`.
 *
 * @param answered one more than the draft has, `[1, actions]`
 * @param draft `[1, actions − 1]`
 */
export function acceptedTokens(
  graph: GraphBuilder,
  answered: Value,
  draft: Value,
  { actions, target }: OneRunPlan,
): Value {
  const count = actions - 1;
  const first = slice(graph, answered, 0, count, 1);
  if (target === "webgpu") return firstWrong(graph, first, draft, count);
  const wrong = cast(graph, graph.node("Not", [graph.node("Equal", [first, draft])]), "bool", "int32");
  const wrongSoFar = graph.node("CumSum", [wrong, graph.constants.int(1)]);
  const right = graph.node("Equal", [wrongSoFar, graph.constants.int32s(0)]);
  return sum(graph, cast(graph, right, "bool", "int64"), [1]);
}

/** Place of the first that is wrong, or one past the last: of 32 bits on the device, and read off it once. */
function firstWrong(graph: GraphBuilder, answered: Value, draft: Value, count: number): Value {
  const places = graph.weight(
    "draft.places",
    { kind: "computed", values: Float32Array.from({ length: count }, (_, index) => index), dims: [1, count] },
    "float32",
  );
  const same = graph.node("Equal", [answered, cast(graph, draft, "int32", "float32")]);
  const past = reshape(graph, graph.constants.float(count, "float32"), 1, 1);
  const wrong = graph.node("Where", [same, past, places]);
  const least = graph.node("ReduceMin", [wrong, graph.constants.ints(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  return cast(graph, cast(graph, least, "float32", "int32"), "int32", "int64");
}
