import { cast, concat, mean, reshape, slice, transpose } from "@vla-pruner/onnx/blocks";
import type { HeadSizes } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/** What the action rows of some layers looked with, in all Euler steps. */
export interface FlowTap {
  /** Rotated, `[steps, layers, rows, heads · headSize]`. */
  readonly queries: Value;
  /** Rotated keys of the rows themselves, `[steps, layers, rows, keyValueHeads · headSize]`. */
  readonly keys: Value;
  /** Rotated keys of what is there before, of each layer: `[1, columns, keyValueHeads · headSize]`. */
  readonly past: readonly Value[];
  /** Steps that count, int64 `[counted]`. */
  readonly steps: Value;
  /** First of the visual columns among them. */
  readonly start: number;
  /** How many there are, int64 `[1]`. */
  readonly columns: Value;
}

/**
 * Attention of the action rows to the visual columns, mean over heads, rows and the steps that count: float32
 * `[layers, columns]`. All steps and layers at once behind the loop: in it, each layer would be a dozen nodes in every step.
 */
export function flowTap(
  graph: GraphBuilder,
  { queries, keys, past, steps, start, columns }: FlowTap,
  { heads, keyValueHeads, headSize }: HeadSizes,
): Value {
  return graph.scope("action_taps", () => {
    const counted = (values: Value): Value =>
      graph.node("Gather", [values, steps], { attributes: { axis: { int: 0 } } });
    const factor = graph.constants.float(1 / Math.sqrt(headSize), graph.floatType);
    const scaled = graph.node("Mul", [counted(queries), factor]);
    const apart = reshape(graph, scaled, 0, 0, 0, keyValueHeads, heads / keyValueHeads, headSize);
    const grouped = reshape(
      graph,
      transpose(graph, apart, 0, 1, 3, 2, 4, 5),
      0,
      0,
      keyValueHeads,
      -1,
      headSize,
    );
    const upright = (values: Value, ...axes: readonly number[]): Value => {
      const split = reshape(graph, values, ...axes.map(() => 0), 0, keyValueHeads, headSize);
      return transpose(graph, split, ...axes, axes.length + 1, axes.length + 2, axes.length);
    };
    const before = graph.node("MatMul", [grouped, upright(concat(graph, past, 0), 0)]);
    const own = graph.node("MatMul", [grouped, upright(counted(keys), 0, 1)]);
    const scores = cast(graph, concat(graph, [before, own], -1), graph.floatType, "float32");
    const attention = graph.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
    // [steps, layers, keyValueHeads, rows · group, columns]
    const end = graph.node("Add", [columns, graph.constants.ints(start)]);
    return slice(graph, mean(graph, attention, [0, 2, 3]), start, end, 1);
  });
}
