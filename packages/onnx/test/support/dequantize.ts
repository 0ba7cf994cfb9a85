import { float16Value } from "@vla-pruner/format";
import { float16Bits } from "../../src/weights/float16.ts";
import type { Matrix } from "./reference.ts";

/** Rows out of four bits, by the description of `MatMulNBits`: `(nibble − 8) · scale of the block`. */
export function dequantizeInt4(
  packed: ArrayLike<number>,
  scales: ArrayLike<number>,
  width: number,
  block: number,
): Matrix {
  const blocks = Math.ceil(width / block);
  return Array.from({ length: scales.length / blocks }, (_, row) =>
    Array.from({ length: width }, (__, column) => {
      const place = row * blocks * block + column;
      const byte = packed[Math.floor(place / 2)] ?? Number.NaN;
      const nibble = place % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
      return (nibble - 8) * (scales[row * blocks + Math.floor(column / block)] ?? Number.NaN);
    }),
  );
}

/** Rows out of the columns of a matrix of bytes: `byte · scale of the row`. */
export function dequantizeInt8(matrix: ArrayLike<number>, scales: ArrayLike<number>, width: number): Matrix {
  const total = matrix.length / width;
  return Array.from({ length: scales.length }, (_, row) =>
    Array.from(
      { length: width },
      (__, line) => (matrix[line * total + row] ?? Number.NaN) * (scales[row] ?? Number.NaN),
    ),
  );
}

/** The nearest half-precision number. */
export function half(value: number): number {
  return float16Value(float16Bits(value));
}
