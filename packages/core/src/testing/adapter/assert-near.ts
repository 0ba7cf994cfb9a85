import assert from "node:assert/strict";

/**
 * Fails unless two vectors are of one length and nowhere further apart than a share of the largest value.
 *
 * @param what for the message
 */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let [scale, apart] = [0, 0];
  for (let index = 0; index < expected.length; index += 1) {
    const [one, other] = [actual[index] ?? Number.NaN, expected[index] ?? Number.NaN];
    assert.ok(Number.isFinite(one) && Number.isFinite(other), `${what}: finite`);
    scale = Math.max(scale, Math.abs(other));
    apart = Math.max(apart, Math.abs(one - other));
  }
  assert.ok(apart <= tolerance * scale, `${what}: ${apart} apart, ${tolerance * scale} allowed`);
}
