import type { FilterTable } from "./filter-table.ts";

/** A filter table as `resample.wat` reads it. */
export interface PackedFilter {
  /** Byte offsets of the first source pixels or rows, then the weights. */
  readonly bytes: Uint8Array;
  /** Where the weights begin. */
  readonly weightsAt: number;
  /** How many times the inner loop runs for each output. */
  readonly rounds: number;
}

/** Bits of a weight's low half: both halves fit 16 bits with their sign. */
const LOW_BITS = 11;

/**
 * Offsets and weights, each weight split in a high and a low half, in pairs: two highs, two lows.
 *
 * @param step bytes from one source pixel, or row, to the next
 * @param tapsARound how many taps the inner loop takes at once: even
 */
export function packFilter(table: FilterTable, step: number, tapsARound: number): PackedFilter {
  const outputs = table.first.length;
  const rounds = Math.ceil(table.taps / tapsARound);
  const padded = rounds * tapsARound;
  const weightsAt = Math.ceil((outputs * 4) / 16) * 16;
  const bytes = new Uint8Array(weightsAt + outputs * padded * 4);
  new Int32Array(bytes.buffer, 0, outputs).set(table.first.map((first) => first * step));
  const halves = new Int16Array(bytes.buffer, weightsAt);
  for (let output = 0; output < outputs; output += 1) {
    for (let tap = 0; tap < table.taps; tap += 1) {
      const weight = table.weights[output * table.taps + tap] ?? 0;
      const at = (output * padded + tap - (tap % 2)) * 2 + (tap % 2);
      halves[at] = weight >> LOW_BITS;
      halves[at + 2] = weight & ((1 << LOW_BITS) - 1);
    }
  }
  return { bytes, weightsAt, rounds };
}
