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
