import assert from "node:assert/strict";

/** Room for half precision. */
const MASS_TOLERANCE = 1e-2;

/** A mean of softmax rows, cut to some of its columns: no share below 0, no more than 1 in all, not all 0. */
export function assertShares(values: Float32Array, length: number, what: string): void {
  assert.equal(values.length, length, `${what}: one value a visual token`);
  assert.ok(
    values.every((value) => Number.isFinite(value) && value >= 0),
    `${what}: finite, at least 0`,
  );
  const mass = values.reduce((sum, value) => sum + value, 0);
  assert.ok(mass > 0 && mass <= 1 + MASS_TOLERANCE, `${what}: sums to ${mass}`);
}
