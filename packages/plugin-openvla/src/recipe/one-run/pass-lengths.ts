import { cast, sizeOfAxis, slice } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { bySide, SIDES } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import type { StepInputs } from "./step-inputs.ts";

/**
 * How long the caches are after every pass. Attention reads the place of the last token on the device: all of them are one
 * vector, since each input is a copy. It reads the number of tokens on the processor, where a length that is worked
 * out on the device would have to come back from it.
 *
 * @param rows those of prompt and draft, `[1, sequence, hidden]` below the cut and `[kept sequence]` above it: for CUDA
 * shapes say how many there are, and shapes are the processor's
 */
export function passLengths(
  graph: GraphBuilder,
  plan: OneRunPlan,
  rows: Readonly<Record<Side, Value>>,
): Pick<StepInputs, "lengths" | "totals"> {
  const { actions } = plan;
  const totals =
    plan.target === "webgpu" ? lengthInputs(graph, actions) : lengthsOfRows(graph, actions, rows);
  const vector = graph.input("last_indices", "int32", [SIDES.length * actions]);
  const lastIndex = (side: Side, pass: number): Value => {
    const place = SIDES.indexOf(side) * actions + pass;
    return slice(graph, vector, place, place + 1, 0);
  };
  return {
    totals,
    lengths: (pass) => (side) => ({ lastIndex: lastIndex(side, pass), total: totals(pass)(side) }),
  };
}

function lengthInputs(graph: GraphBuilder, actions: number): StepInputs["totals"] {
  const inputs = Array.from({ length: actions }, (_, pass) =>
    bySide((side) => graph.input(`total_length.${side}.${pass}`, "int32", [1])),
  );
  return (pass) => (side) => inputs[pass]?.[side] ?? "";
}

/** Made where they are asked for: in a branch, only the lengths that it needs. */
function lengthsOfRows(
  graph: GraphBuilder,
  actions: number,
  rows: Readonly<Record<Side, Value>>,
): StepInputs["totals"] {
  const axis = { below: 1, above: 0 };
  return (pass) => (side) => {
    const all = cast(graph, sizeOfAxis(graph, rows[side], axis[side]), "int64", "int32");
    const later = actions - 1 - pass;
    return later === 0 ? all : graph.node("Sub", [all, graph.constants.int32s(later)]);
  };
}
