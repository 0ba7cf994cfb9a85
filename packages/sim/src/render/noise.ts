const SIDE = 64;
const MASK = SIDE - 1;

/** One value 0 … 1 for each point of a lattice that repeats every 64. */
const LATTICE: Float64Array = Float64Array.from({ length: SIDE * SIDE }, (_, point) => {
  let hash = Math.imul(point + 1, 0x27d4eb2d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
});

/** Smooth noise 0 … 1 with one random value at every whole number. */
export function noise(x: number, y: number): number {
  const floorX = Math.floor(x);
  const floorY = Math.floor(y);
  let u = x - floorX;
  let v = y - floorY;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const left = floorX & MASK;
  const right = (left + 1) & MASK;
  const top = (floorY & MASK) * SIDE;
  const bottom = (top + SIDE) & (SIDE * SIDE - 1);
  const a = LATTICE[top + left]!;
  const b = LATTICE[bottom + left]!;
  const upper = a + u * (LATTICE[top + right]! - a);
  return upper + v * (b + u * (LATTICE[bottom + right]! - b) - upper);
}
