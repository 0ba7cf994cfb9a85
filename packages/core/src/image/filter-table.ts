/** A resampling filter, as Pillow describes one. */
export interface ResampleFilter {
  /** How far from its centre the kernel reaches, in source pixels when enlarging. */
  readonly support: number;
  /** The kernel's weight at a distance from its centre. */
  readonly kernel: (distance: number) => number;
}

/** A filter's weights for one side of a picture, in fixed point. */
export interface FilterTable {
  /** The first source pixel that each output pixel reads, `[to]`. */
  readonly first: Int32Array;
  /** Weights times 2²², `[to, taps]`; 0 for taps that an output does not read. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** Bits of the fixed-point filter weights, as in Pillow, so that every rounding comes out the same. */
const PRECISION_BITS = 22;

/** The weights that take a side of `from` pixels to one of `to`. */
export function filterTable(from: number, to: number, filter: ResampleFilter): FilterTable {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const first = new Int32Array(to);
  const rows = Array.from({ length: to }, (_row, index) => {
    const center = (index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    first[index] = start;
    const raw = Array.from({ length: end - start }, (_weight, tap) =>
      filter.kernel((tap + start - center + 0.5) / stretch),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => fixedPoint(weight / total));
  });
  const taps = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const weights = new Int32Array(to * taps);
  for (const [index, row] of rows.entries()) weights.set(row, index * taps);
  return { first, weights, taps };
}

function fixedPoint(weight: number): number {
  const scaled = weight * 2 ** PRECISION_BITS;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}
