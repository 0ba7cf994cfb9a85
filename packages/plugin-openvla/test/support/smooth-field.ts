import { hashNoise, nameHash } from "@vla-pruner/onnx/convert";

/** Side of the lattice that noise is drawn on; fields repeat beyond it. */
const LATTICE = 64;

/** Cells per picture, and how much each octave counts. */
const OCTAVES = [
  { cells: 3, weight: 0.9 },
  { cells: 7, weight: 0.5 },
  { cells: 17, weight: 0.25 },
] as const;

/** Share of a picture by which every octave moves from one step to the next, at most. */
const DRIFT = 0.05;

/**
 * A channel of a smooth picture that drifts from step to step, `[side, side]`, row-major. Interpolated
 * lattice noise: sums and products only, so that the numbers are the same on every machine.
 */
export function smoothField(name: string, seed: number, step: number, side: number): Float32Array {
  const values = new Float32Array(side * side);
  for (const [octave, { cells, weight }] of OCTAVES.entries()) {
    const hash = nameHash(`${name}.${octave}`, seed);
    const lattice = hashNoise(hash, 0, LATTICE * LATTICE);
    const [right = 0, down = 0] = hashNoise(hash, LATTICE * LATTICE, 2);
    const columns = places(side, cells, DRIFT * right * step);
    for (const [row, y] of places(side, cells, DRIFT * down * step).entries()) {
      for (const [column, x] of columns.entries()) {
        const upper = mix(lattice, y.low * LATTICE + x.low, y.low * LATTICE + x.high, x.share);
        const lower = mix(lattice, y.high * LATTICE + x.low, y.high * LATTICE + x.high, x.share);
        const at = row * side + column;
        values[at] = (values[at] ?? 0) + weight * (upper + (lower - upper) * y.share);
      }
    }
  }
  return values;
}

/** Between which lattice nodes each pixel of a line lies. */
function places(side: number, cells: number, moved: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: side }, (_, index) => {
    const place = LATTICE + cells * (index / side + moved);
    const low = Math.floor(place);
    return { low: low % LATTICE, high: (low + 1) % LATTICE, share: place - low };
  });
}

function mix(lattice: Float32Array, from: number, to: number, share: number): number {
  const start = lattice[from] ?? 0;
  return start + ((lattice[to] ?? 0) - start) * share;
}
