import assert from "node:assert/strict";
import fc from "fast-check";
import { maxRelevance } from "../../src/selection/max-relevance.ts";
import { topK } from "../../src/selection/top-k.ts";

const pair = fc.integer({ min: 1, max: 40 }).chain((length) => {
  const scores = fc.array(fc.constantFrom(0, 0.1, 0.2, 0.7), { minLength: length, maxLength: length });
  return fc.tuple(scores, scores, fc.integer({ min: 1, max: length }));
});

describe("maxRelevance", () => {
  it("is the union of both top sets, ascending, without repeats", () => {
    fc.assert(
      fc.property(pair, ([first, second, budget]) => {
        const [semantic, forecast] = [Float32Array.from(first), Float32Array.from(second)];
        const union = [...topK(semantic, budget), ...topK(forecast, budget)];
        const expected = [...semantic.keys()].filter((index) => union.includes(index));
        assert.deepEqual([...maxRelevance(semantic, forecast, budget)], expected);
      }),
    );
  });

  it("is the top set itself where both scores agree, and both in full where they contradict", () => {
    const semantic = Float32Array.of(4, 3, 2, 1);
    assert.deepEqual([...maxRelevance(semantic, semantic, 2)], [0, 1]);
    assert.deepEqual([...maxRelevance(semantic, semantic.toReversed(), 2)], [0, 1, 2, 3]);
  });
});
