function lattice(column: number, row: number): number {
  let hash = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}

/** Smooth noise 0 … 1 with one random value at every whole number. */
export function noise(x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  let u = x - column;
  let v = y - row;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const top = lattice(column, row) * (1 - u) + lattice(column + 1, row) * u;
  const bottom = lattice(column, row + 1) * (1 - u) + lattice(column + 1, row + 1) * u;
  return top * (1 - v) + bottom * v;
}
