import assert from "node:assert/strict";
import * as fc from "fast-check";
import { firstNotFinite } from "../src/first-not-finite.ts";

describe("firstNotFinite", () => {
  it("finds what a look at each finds, among numbers of all sizes", () => {
    const rare = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const any = fc.oneof({ weight: 12, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) }, rare);
    fc.assert(
      fc.property(fc.array(any), (numbers) => {
        const values = Float32Array.from(numbers);
        const expected = values.findIndex((value) => !Number.isFinite(value));
        assert.equal(firstNotFinite(values), expected);
      }),
      { seed: 5 },
    );
  });
});
