import assert from "node:assert/strict";
import { randomContext } from "@vla-pruner/core/testing";
import { divPrune, minRedundancy } from "../../src/index.ts";

describe("divPrune", () => {
  it("looks at features alone, never at attention", () => {
    const context = randomContext({ seed: 21 });
    const { semantic, forecast } = randomContext({ seed: 22 });
    const pruner = divPrune({ retention: 0.5 });
    assert.deepEqual(pruner.select({ ...context, semantic, forecast, step: 9 }), pruner.select(context));
    const other = { ...context, similarity: randomContext({ seed: 22 }).similarity };
    assert.notDeepEqual(pruner.select(other), pruner.select(context));
  });

  it("spreads the kept tokens of a view over that view's own tokens", () => {
    const { similarity, ...context } = randomContext({ seed: 23, views: [6, 10] });
    const [first, second] = [6, 10].map((count, view) =>
      minRedundancy(
        Int32Array.from({ length: count }, (_, index) => view * 6 + index),
        similarity,
        16,
        count / 2,
      ),
    );
    const { keep } = divPrune({ retention: 0.5 }).select({ ...context, similarity });
    assert.deepEqual([...keep], [...(first ?? []), ...(second ?? [])]);
  });
});
