/** Mean and standard deviation by channel, on values in 0 … 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Pixels of one colour, computed without the packages' own preprocessing: `(x / 255 − mean) / std`.
 *
 * @param normalizations one for every three planes
 * @returns float32 `[3 · normalizations, side, side]`
 */
export function pixelsOfColour(
  normalizations: readonly Normalization[],
  side: number,
  colour: readonly number[],
): Float32Array {
  const planes = normalizations.flatMap(({ mean, std }) =>
    colour.map((value, channel) => (value / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1)),
  );
  return Float32Array.from(
    { length: planes.length * side ** 2 },
    (_, index) => planes[Math.floor(index / side ** 2)] ?? 0,
  );
}
