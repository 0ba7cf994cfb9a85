import assert from "node:assert/strict";
import { randomContext } from "@vla-pruner/core/testing";
import { random, uniform } from "../../src/index.ts";

function stride(retention: number): number[] {
  return [...uniform({ retention }).select(randomContext({ seed: 1 })).keep];
}

/** The tokens that a seed chooses at a step, as text. */
function chosen(seed: number, step: number, views: readonly number[] = [64]): string {
  return random({ retention: 0.25, seed })
    .select(randomContext({ seed: 1, step, views }))
    .keep.join();
}

describe("uniform", () => {
  it("keeps every n-th token, centred", () => {
    assert.deepEqual(stride(0.25), [2, 6, 10, 14]);
    assert.deepEqual(stride(0.5), [1, 3, 5, 7, 9, 11, 13, 15]);
  });

  it("strides within each view", () => {
    const { keep } = uniform({ retention: 0.5 }).select(randomContext({ seed: 1, views: [4, 8] }));
    assert.deepEqual([...keep], [1, 3, 5, 7, 9, 11]);
  });
});

describe("random", () => {
  it("chooses anew at every step and for every seed, and repeats itself for both", () => {
    assert.equal(chosen(0, 3), chosen(0, 3));
    assert.equal(new Set([chosen(0, 3), chosen(0, 4), chosen(1, 3), chosen(1, 4)]).size, 4);
  });

  it("chooses differently in two views", () => {
    const keep = chosen(0, 3, [64, 64]).split(",").map(Number);
    assert.notDeepEqual(
      keep.slice(0, 16),
      keep.slice(16).map((index) => index - 64),
    );
  });

  it("gives every token its turn", () => {
    const seen = new Set(Array.from({ length: 40 }, (_, step) => chosen(5, step).split(",")).flat());
    assert.equal(seen.size, 64);
  });
});
