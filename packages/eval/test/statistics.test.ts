import assert from "node:assert/strict";
import { comparePairs, medianOf, wilsonInterval } from "../src/statistics.ts";

const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(1e4 * value) / 1e4);
const pairs = (both: number, first: number, second: number, neither: number) =>
  [
    ...Array.from({ length: both }, () => [true, true]),
    ...Array.from({ length: first }, () => [true, false]),
    ...Array.from({ length: second }, () => [false, true]),
    ...Array.from({ length: neither }, () => [false, false]),
  ] as [boolean, boolean][];

describe("statistics", () => {
  it("gives Wilson's interval: 8 of 10, none and all of 20", () => {
    assert.deepEqual(rounded(wilsonInterval(8, 10)), [0.4902, 0.9433]);
    assert.deepEqual(rounded(wilsonInterval(0, 20)), [0, 0.1611]);
    assert.deepEqual(rounded(wilsonInterval(20, 20)), [0.8389, 1]);
    assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
  });

  it("compares pairs by those that differ: McNemar's exact test", () => {
    const { onlyFirst, onlySecond, difference, p, pairs: count } = comparePairs(pairs(20, 9, 1, 10));
    assert.deepEqual([onlyFirst, onlySecond, difference, count], [9, 1, 0.2, 40]);
    assert.equal(rounded([p])[0], 0.0215);
    assert.equal(comparePairs(pairs(5, 3, 3, 5)).p, 1);
    assert.equal(comparePairs([]).p, 1);
    assert.ok(comparePairs(pairs(0, 600, 400, 0)).p < 1e-9, "no overflow with many pairs");
  });

  it("has an interval around the difference that knows pairs from independent samples", () => {
    const [low, high] = comparePairs(pairs(100, 5, 1, 94)).interval;
    assert.ok(low < 0.02 && high > 0.02 && high - low < 0.06, `${low} … ${high}`);
    const alike = comparePairs(pairs(100, 0, 0, 100)).interval;
    assert.ok(alike[0] < 0 && alike[1] > 0);
  });

  it("takes the mean of the two in the middle", () => {
    assert.equal(medianOf([3, 1, 2]), 2);
    assert.equal(medianOf([4, 1, 2, 3]), 2.5);
  });
});
