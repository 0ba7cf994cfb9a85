import assert from "node:assert/strict";
import fc from "fast-check";
import { forecastOf } from "../../src/memory/forecast.ts";

const paper = { decay: 0.8, legacyWeightOrder: false };

describe("forecastOf", () => {
  it("weighs the newest call most: 0.8, 0.64, 0.512 over their sum", () => {
    const newestFirst = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 1)];
    const expected = [0.8, 0.64, 0.512].map((weight) => Math.fround(weight / (0.8 + 0.64 + 0.512)));
    assert.deepEqual([...forecastOf(newestFirst, paper)], expected);
  });

  it("turns the weights round in the legacy order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
        (values) => {
          const entries = values.map((value) => Float32Array.of(value));
          const [legacy] = forecastOf(entries, { ...paper, legacyWeightOrder: true });
          const [turned] = forecastOf(entries.toReversed(), paper);
          assert.ok(Math.abs((legacy ?? -1) - (turned ?? 1)) < 1e-6);
        },
      ),
    );
  });

  it("gives a mean: the forecast of a constant is that constant", () => {
    const constant = [1, 2, 3, 4].map(() => Float32Array.of(0.375, 0.0625));
    assert.deepEqual([...forecastOf(constant, { decay: 0.5, legacyWeightOrder: false })], [0.375, 0.0625]);
  });
});
