import { noError } from "./quantization-error.ts";
import type { QuantizationError } from "./quantization-error.ts";

/**
 * Seven bits of eight: a processor without VNNI adds two products with rows' unsigned bytes in 16 bits, and
 * `2 · 255 · 64` just fits.
 */
const LARGEST = 64;

/** Rows of the matrix that is made at once: their bytes lie side by side, and stay in the cache. */
const TILE = 64;

export interface PackedInt8 {
  /** `[rows]`. */
  readonly scales: Float32Array<ArrayBuffer>;
  readonly error: QuantizationError;
}

/**
 * Rows in signed bytes of at most 64, each by its own largest number, as columns of a matrix `[width, total]`.
 *
 * @param values `[rows, width]`
 * @param matrix written from column `column` on
 */
export function packInt8(
  values: Float32Array,
  width: number,
  matrix: Int8Array,
  total: number,
  column: number,
): PackedInt8 {
  const rows = values.length / width;
  const scales = new Float32Array(rows);
  const error = noError();
  for (let row = 0; row < rows; row += 1) {
    let largest = 0;
    for (let index = row * width; index < (row + 1) * width; index += 1)
      largest = Math.max(largest, Math.abs(values[index] as number));
    scales[row] = largest / LARGEST;
  }
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let line = 0; line < width; line += 1) {
      for (let row = top; row < bottom; row += 1) {
        const value = values[row * width + line] as number;
        const scale = scales[row] as number;
        const whole = scale === 0 ? 0 : Math.round(value / scale);
        matrix[line * total + column + row] = whole;
        const off = Math.abs(value - whole * scale);
        error.squared += off * off;
        error.power += value * value;
        if (off > error.largest) error.largest = off;
      }
    }
  }
  return { scales, error };
}
