import assert from "node:assert/strict";
import type { FloatType } from "../../src/graph/value-types.ts";
import type { Result } from "./run-graph.ts";

/** Both types that a model may compute in; every block is tested in both. */
export const FLOAT_TYPES: readonly FloatType[] = ["float32", "float16"];

const TOLERANCE: Readonly<Record<FloatType, number>> = { float32: 1e-5, float16: 2e-2 };

/** Checks dims and every number; a NaN is never close to anything. */
export function assertClose(
  actual: Result | undefined,
  dims: readonly number[],
  expected: readonly number[] | readonly (readonly number[])[],
  floatType: FloatType = "float32",
): void {
  assert.ok(actual !== undefined, "no such output");
  assert.deepEqual(actual.dims, dims);
  const wanted = expected.flat();
  assert.equal(actual.values.length, wanted.length);
  const far = wanted.findIndex(
    (value, index) => !(Math.abs(value - (actual.values[index] ?? Number.NaN)) <= TOLERANCE[floatType]),
  );
  if (far >= 0) assert.fail(`element ${far}: expected ${wanted[far]}, found ${actual.values[far]}`);
}
