/** What the Euler loop gives. */
export interface RawActions {
  /** float32 `[horizon · action]`, in model units. */
  readonly values: Float32Array;
  /** What they are relative to, in robot units; `null` where they are absolute. */
  readonly reference: readonly number[] | null;
}
