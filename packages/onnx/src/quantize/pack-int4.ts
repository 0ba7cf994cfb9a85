import { float16Value } from "@vla-pruner/format";
import { float16Bits } from "../weights/float16.ts";
import { noError } from "./quantization-error.ts";
import type { QuantizationError } from "./quantization-error.ts";

/** What `MatMulNBits` takes for zero unless it is told. */
const ZERO = 8;

/**
 * Steps tried per block: its largest number lies at −8 or, with the block spread wider or narrower, beside it. Of
 * ggml's `make_qx_quants`, which tries more.
 */
const SPREADS = [8, 7.5, 7, 8.5, 9];

export interface PackedInt4 {
  /** `[rows, blocks, block / 2]`, the first number of two in the low half. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[rows, blocks]`. */
  readonly scales: Float32Array<ArrayBuffer>;
  readonly error: QuantizationError;
}

/**
 * Rows in four bits. A row's last block may be short: the rest of it is zeros.
 *
 * @param values `[rows, width]`
 * @param half whether scales will be stored as float16
 */
export function packInt4(values: Float32Array, width: number, block: number, half: boolean): PackedInt4 {
  const rows = values.length / width;
  const blocks = Math.ceil(width / block);
  const packed = new Uint8Array((rows * blocks * block) / 2).fill(ZERO | (ZERO << 4));
  const scales = new Float32Array(rows * blocks);
  const error = noError();
  for (let row = 0; row < rows; row += 1) {
    for (let number = 0; number < blocks; number += 1) {
      const start = row * width + number * block;
      const end = Math.min(start + block, (row + 1) * width);
      const best = bestScale(values, start, end);
      const scale = half ? float16Value(float16Bits(best)) : best;
      const place = row * blocks + number;
      scales[place] = scale;
      writeBlock(values, start, end, scale, packed.subarray((place * block) / 2), error);
    }
  }
  return { packed, scales, error };
}

/** Of the steps tried, the one whose whole numbers, stretched to fit best, leave the smallest squared error. */
function bestScale(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let index = start; index < end; index += 1) {
    const value = values[index] as number;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  if (largest === 0) return 0;
  let best = 0;
  let gain = -1;
  for (const spread of SPREADS) {
    const inverse = -spread / largest;
    let along = 0;
    let length = 0;
    for (let index = start; index < end; index += 1) {
      const value = values[index] as number;
      const whole = Math.max(-8, Math.min(7, Math.round(value * inverse)));
      along += value * whole;
      length += whole * whole;
    }
    if (length === 0 || along * along <= gain * length) continue;
    gain = (along * along) / length;
    best = along / length;
  }
  return best;
}

function writeBlock(
  values: Float32Array,
  start: number,
  end: number,
  scale: number,
  target: Uint8Array,
  error: QuantizationError,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let index = start; index < end; index += 1) {
    const value = values[index] as number;
    const whole = Math.max(-8, Math.min(7, Math.round(value * inverse)));
    const place = index - start;
    const byte = place >> 1;
    const before = target[byte] as number;
    const bits = whole + ZERO;
    target[byte] = (place & 1) === 0 ? (before & 0xf0) | bits : (before & 0x0f) | (bits << 4);
    const off = Math.abs(value - whole * scale);
    error.squared += off * off;
    error.power += value * value;
    if (off > error.largest) error.largest = off;
  }
}
