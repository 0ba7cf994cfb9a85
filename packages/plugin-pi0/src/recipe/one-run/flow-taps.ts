import { cast, concat, mean, reshape, slice, transpose } from "@vla-pruner/onnx/blocks";
import type { HeadSizes } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/** What the action rows of some layers looked with, in all Euler steps. */
export interface FlowTap {
  /** Rotated, `[steps, layers, rows, heads · headSize]`. */
  readonly queries: Value;
  /** Rotated keys of the rows themselves, `[steps, layers, rows, keyValueHeads · headSize]`. */
  readonly keys: Value;
  /** Rotated keys of what is there before, of each layer, visual ones first: `[1, keyValueHeads, columns, headSize]`. */
  readonly past: readonly Value[];
  /** Steps that count, int64 `[counted]`. */
  readonly steps: Value;
  /** How many visual columns there are, int64 `[1]`. */
  readonly columns: Value;
}

/**
 * Attention of the action rows to the visual columns, mean over heads, rows and the steps that count: float32
 * `[layers, columns]`. All steps and layers at once behind the loop: in it, each layer would be a dozen nodes in every step.
 */
export function flowTap(
  graph: GraphBuilder,
  { queries, keys, past, steps, columns }: FlowTap,
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
    const before = graph.node("MatMul", [grouped, transpose(graph, concat(graph, past, 0), 0, 1, 3, 2)]);
    const split = reshape(graph, counted(keys), 0, 0, 0, keyValueHeads, headSize);
    const own = graph.node("MatMul", [grouped, transpose(graph, split, 0, 1, 3, 4, 2)]);
    const scores = cast(graph, concat(graph, [before, own], -1), graph.floatType, "float32");
    const attention = graph.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
    // [steps, layers, keyValueHeads, rows · group, columns]
    return slice(graph, mean(graph, attention, [0, 2, 3]), 0, columns, 1);
  });
}
