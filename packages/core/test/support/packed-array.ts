/** float32 numbers as the Python scripts write them, little-endian. */
export interface PackedArray {
  readonly shape: readonly number[];
  readonly base64: string;
}

/** Some rows of a matrix, by their numbers. */
export type PackedRows = PackedArray & { readonly rows: readonly number[] };

export function unpack({ base64 }: PackedArray): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
