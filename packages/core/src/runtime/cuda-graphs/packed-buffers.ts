/** Where kernels want a tensor to begin. */
const ALIGNMENT = 256;

export interface PackedLayout {
  readonly places: readonly number[];
  readonly bytes: number;
}

/** Places of several tensors in one buffer. */
export function layOut(sizes: readonly number[]): PackedLayout {
  const places: number[] = [];
  let end = 0;
  for (const size of sizes) {
    places.push(end);
    end += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  }
  return { places, bytes: Math.max(end, ALIGNMENT) };
}
