// ONNX's protobuf: a field is its number and wire type, and for anything but a number a length and the bytes. Enough for graphs
// that are small enough to be built on the spot.

/** A field of bytes, fewer than 16384. */
export function field(id: number, ...bytes: readonly number[]): number[] {
  const { length } = bytes;
  const counted = length < 128 ? [length] : [(length % 128) + 128, Math.floor(length / 128)];
  return [id * 8 + 2, ...counted, ...bytes];
}

export function text(id: number, words: string): number[] {
  return field(id, ...new TextEncoder().encode(words));
}

/** A field of a number below 128. */
export function number(id: number, value: number): number[] {
  return [id * 8, value];
}
