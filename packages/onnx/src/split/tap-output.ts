import { intConstant, makeNode } from "../proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../proto/edit-model.ts";

/** Input of the head: rows whose attention is wanted, int64 `[tapped]`. */
export const TAP_ROWS = "tap_rows";
/** Output of the head: their attention, mean over heads, float32 `[1, tapped, total]`. */
export const TAP = "tap";

/** The tap: a mean over some axes, which are an attribute before opset 18. */
export function headMean(
  value: string,
  axes: readonly number[],
  opset: number,
): { node: NodeProto; constants: TensorProto[] } {
  if (opset < 18)
    return { node: makeNode("ReduceMean", [value], [TAP], { keepdims: 0, axes }), constants: [] };
  const name = "vla_pruner/tap/head_axes";
  return {
    node: makeNode("ReduceMean", [value, name], [TAP], { keepdims: 0 }),
    constants: [intConstant(name, axes)],
  };
}
