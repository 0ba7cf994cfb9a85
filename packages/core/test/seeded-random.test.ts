import assert from "node:assert/strict";
import { seededRandom } from "../src/seeded-random.ts";

const take = (next: () => number, count = 8): number[] => Array.from({ length: count }, () => next());

describe("seededRandom", () => {
  it("repeats itself for the same keys, and for no others", () => {
    assert.deepEqual(take(seededRandom(7, 1)), take(seededRandom(7, 1)));
    const keys = [[7, 1], [7, 2], [8, 1], [1, 7], [7], [7, 1, 0]];
    assert.equal(new Set(keys.map((key) => take(seededRandom(...key)).join())).size, keys.length);
  });

  it("fills [0, 1) evenly", () => {
    const bins = Array.from({ length: 10 }, () => 0);
    for (const value of take(seededRandom(3), 10_000)) {
      assert.ok(value >= 0 && value < 1);
      bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
    }
    assert.ok(
      bins.every((count) => count > 850 && count < 1150),
      bins.join(" "),
    );
  });
});
