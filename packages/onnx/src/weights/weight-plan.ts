/**
 * How an initializer is made from checkpoint tensors, or from values that are computed at once. Plans are
 * made while a graph is built and carried out, tensor by tensor, when it is written.
 */
export type WeightPlan =
  | {
      readonly kind: "copied";
      /** Checkpoint tensors, laid one after the other. */
      readonly tensors: readonly string[];
      readonly dims: readonly number[];
      /** Added to every value: norm weights that are stored as offsets from 1. */
      readonly plus: number;
    }
  | {
      readonly kind: "transposed";
      /** Checkpoint tensors `[out, in]`, side by side in the result `[in, Σ out]`. */
      readonly tensors: readonly string[];
      readonly dims: readonly [number, number];
    }
  | { readonly kind: "computed"; readonly values: Float32Array; readonly dims: readonly number[] };

/** Whether two plans make the same initializer. */
export function samePlan(a: WeightPlan, b: WeightPlan): boolean {
  if (a.kind !== b.kind || String(a.dims) !== String(b.dims)) return false;
  if (a.kind !== "computed" || b.kind !== "computed") return JSON.stringify(a) === JSON.stringify(b);
  return a.values.every((value, index) => value === b.values[index]);
}
