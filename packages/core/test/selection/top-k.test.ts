import assert from "node:assert/strict";
import fc from "fast-check";
import { topK } from "../../src/selection/top-k.ts";

const scores = fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { minLength: 1, maxLength: 40 });

describe("topK", () => {
  it("gives the largest scores, ascending by index, ties to the lower index", () => {
    fc.assert(
      fc.property(scores, fc.nat(40), (values, count) => {
        // Picks one at a time, the first of the largest that are left.
        const left: number[] = [...values];
        const expected = Array.from({ length: Math.min(count, values.length) }, () => {
          const best = left.indexOf(Math.max(...left));
          left[best] = Number.NEGATIVE_INFINITY;
          return best;
        });
        assert.deepEqual(
          [...topK(Float32Array.from(values), count)],
          expected.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it("does not care about the order of the tokens where there are no ties", () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -9999, max: 9999 }), { minLength: 2, maxLength: 30 });
    const shuffled = distinct.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.shuffledSubarray([...values.keys()], { minLength: values.length }),
        fc.nat(values.length),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([values, order, count]) => {
        const kept = topK(Float32Array.from(values), count);
        const moved = topK(
          Float32Array.from(order, (from) => values[from] ?? 0),
          count,
        );
        const back = Array.from(moved, (place) => order[place] ?? -1);
        assert.deepEqual(
          back.toSorted((a, b) => a - b),
          [...kept],
        );
      }),
    );
  });

  it("orders indices as numbers, not as text", () => {
    assert.deepEqual(
      [
        ...topK(
          Float32Array.from({ length: 12 }, (_, index) => (index > 8 || index === 2 ? 1 : 0)),
          4,
        ),
      ],
      [2, 9, 10, 11],
    );
  });
});
