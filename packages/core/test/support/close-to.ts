import assert from "node:assert/strict";

/** Fails unless two vectors are of one length and nowhere further apart than `tolerance`. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= tolerance, `${what}: ${difference} apart, ${tolerance} allowed`);
}

/** NaN where either has one. */
function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs((actual[index] ?? Number.NaN) - (expected[index] ?? Number.NaN));
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}
