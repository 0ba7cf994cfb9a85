import assert from "node:assert/strict";
import fc from "fast-check";
import { minRedundancy } from "../../src/selection/min-redundancy.ts";
import { coarseSimilarity, distinctSimilarity } from "../support/similarity.ts";

/** Method 4, step 3, to the letter and slowly: every pick looks at every chosen one. */
function naive(candidates: Int32Array, similarity: Float32Array, vision: number, budget: number): number[] {
  const distance = (a: number, b: number): number => Math.fround(1 - (similarity[a * vision + b] ?? 0));
  const chosen: number[] = [];
  while (chosen.length < Math.min(budget, candidates.length)) {
    let best = { token: -1, away: Number.NEGATIVE_INFINITY };
    for (const token of candidates.filter((candidate) => !chosen.includes(candidate))) {
      const others = chosen.length > 0 ? chosen : [...candidates].filter((other) => other !== token);
      const away = Math.min(...others.map((other) => distance(token, other)));
      if (away > best.away) best = { token, away };
    }
    chosen.push(best.token);
  }
  return chosen.toSorted((a, b) => a - b);
}

const problem = (similarityOf: (vision: number) => fc.Arbitrary<Float32Array>) =>
  fc.integer({ min: 2, max: 14 }).chain((vision) =>
    fc.record({
      vision: fc.constant(vision),
      similarity: similarityOf(vision),
      candidates: fc
        .subarray([...Array(vision).keys()], { minLength: 1 })
        .map((tokens) => Int32Array.from(tokens)),
      budget: fc.integer({ min: 1, max: vision }),
    }),
  );

const row = (...values: number[]): number[] => values;

describe("minRedundancy", () => {
  for (const [what, similarityOf] of Object.entries({
    "without ties": distinctSimilarity,
    "with duplicates, zero norms and ties": coarseSimilarity,
  })) {
    it(`equals the formula, ${what}`, () => {
      fc.assert(
        fc.property(problem(similarityOf), ({ vision, similarity, candidates, budget }) => {
          const kept = minRedundancy(candidates, similarity, vision, budget);
          assert.deepEqual([...kept], naive(candidates, similarity, vision, budget));
        }),
        { numRuns: 400 },
      );
    });
  }

  it("keeps exactly the budget of the candidates, ascending", () => {
    fc.assert(
      fc.property(problem(coarseSimilarity), ({ vision, similarity, candidates, budget }) => {
        const kept = [...minRedundancy(candidates, similarity, vision, budget)];
        assert.equal(kept.length, Math.min(budget, candidates.length));
        assert.deepEqual(
          kept,
          [...candidates].filter((token) => kept.includes(token)),
        );
      }),
    );
  });

  it("does not care about the order of the tokens where the first pick is not a tie", () => {
    const shuffled = problem(distinctSimilarity).chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray([...Array(given.vision).keys()], { minLength: given.vision }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([{ vision, similarity, budget }, order]) => {
        const all = Int32Array.from({ length: vision }, (_, token) => token);
        const nearest = [...all].map((token) =>
          Math.max(
            ...[...all]
              .filter((other) => other !== token)
              .map((other) => similarity[token * vision + other] ?? 0),
          ),
        );
        // Two tokens that are each other's nearest neighbour have one distance: then the lower index wins.
        fc.pre(nearest.filter((value) => value === Math.min(...nearest)).length === 1);
        const moved = Float32Array.from({ length: vision * vision }, (_, place) => {
          const [a, b] = [order[Math.floor(place / vision)] ?? 0, order[place % vision] ?? 0];
          return similarity[a * vision + b] ?? 0;
        });
        const back = Array.from(minRedundancy(all, moved, vision, budget), (place) => order[place] ?? -1);
        assert.deepEqual(
          back.toSorted((a, b) => a - b),
          [...minRedundancy(all, similarity, vision, budget)],
        );
      }),
      { maxSkipsPerRun: 1000 },
    );
  });

  it("starts with the loneliest token, and drops the duplicate", () => {
    // 0 and 1 are twins, 2 is close to both, 3 is far from all.
    const similarity = Float32Array.from(
      [row(1, 1, 0.8, 0), row(1, 1, 0.8, 0), row(0.8, 0.8, 1, 0.1), row(0, 0, 0.1, 1)].flat(),
    );
    const all = Int32Array.of(0, 1, 2, 3);
    assert.deepEqual([...minRedundancy(all, similarity, 4, 1)], [3]);
    assert.deepEqual([...minRedundancy(all, similarity, 4, 2)], [0, 3]);
    assert.deepEqual([...minRedundancy(all, similarity, 4, 3)], [0, 2, 3]);
  });

  it("leaves the candidates to the caller", () => {
    const candidates = Int32Array.of(0, 2);
    const kept = minRedundancy(candidates, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3, 2);
    kept.fill(-1);
    assert.deepEqual([...candidates], [0, 2]);
  });
});
