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
  | TransposedPlan
  | { readonly kind: "computed"; readonly values: Float32Array; readonly dims: readonly number[] }
  | QuantizedPlan
  | {
      /** Scales of the quantised matrix of the name, which stands before; made along with it. */
      readonly kind: "scales";
      readonly of: string;
      readonly dims: readonly number[];
    };

export interface TransposedPlan {
  readonly kind: "transposed";
  /** Checkpoint tensors `[out, in]`, side by side in the result `[in, Σ out]`. */
  readonly tensors: readonly string[];
  readonly dims: readonly [number, number];
  /** Stays in the graph's float type, whatever the dtype of the model. */
  readonly exact?: boolean;
}

/** A matrix of small integers: what a block means, `dims` say how they lie. */
export interface QuantizedPlan {
  readonly kind: "quantized";
  readonly format: WeightFormat;
  /** Checkpoint tensors `[out, in]`, one under the other. */
  readonly tensors: readonly string[];
  readonly width: number;
  /** int4 `[Σ out, blocks, block / 2]`; int8 `[in, Σ out]`. */
  readonly dims: readonly number[];
}

/** How matrices are quantised. */
export type WeightFormat =
  | {
      /** Four bits, two to a byte, around 8; a scale a block of `block` values of a row. */
      readonly kind: "int4";
      readonly block: number;
    }
  | {
      /** Signed bytes of at most 64; a scale a row. */
      readonly kind: "int8";
    };

/** Whether two plans make the same initializer. */
export function samePlan(a: WeightPlan, b: WeightPlan): boolean {
  if (a.kind !== b.kind || String(a.dims) !== String(b.dims)) return false;
  if (a.kind !== "computed" || b.kind !== "computed") return JSON.stringify(a) === JSON.stringify(b);
  return a.values.every((value, index) => value === b.values[index]);
}
