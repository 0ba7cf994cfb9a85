import assert from "node:assert/strict";
import { prunerContract } from "@vla-pruner/core/testing";
import type { PrunerMaker } from "@vla-pruner/core/testing";
import { budgetOf, fastv, ratioPruner, topK } from "../../src/index.ts";

const BROKEN: Readonly<Record<string, PrunerMaker>> = {
  "keeps exactly the budget of each view, ascending, or all when dense": ({ retention }) =>
    ratioPruner("floor", { retention }, (_, { count }) =>
      Int32Array.from({ length: Math.floor(count * retention) }, (_index, index) => index),
    ),
  "decides the same for the same context": (options) =>
    ratioPruner("dice", options, (_, { count, budget }) =>
      topK(
        Float32Array.from({ length: count }, () => Math.random()),
        budget,
      ),
    ),
  "leaves its context as it was": (options) =>
    ratioPruner("sorter", options, ({ similarity }, { budget }) => {
      similarity.sort();
      return Int32Array.from({ length: budget }, (_, index) => index);
    }),
  "keeps all at retention 1": ({ retention }) => fastv({ retention: Math.min(retention, 0.9) }),
  "states the retention that it was given": (options) => ({ ...fastv(options), retention: 0.25 }),
  "refuses retention 0, NaN, 1.5 and -1 with invalid-option": ({ retention }) =>
    fastv({ retention: retention > 0 ? Math.min(1, retention) : 0.5 }),
  "survives duplicate tokens, tokens without a norm, and ties everywhere": (options) =>
    ratioPruner("threshold", options, ({ semantic: { scores } }, { start, count }) => {
      const view = (scores.last ?? new Float32Array(0)).subarray(start, start + count);
      const least = view.toSorted().at(-budgetOf(count, options.retention)) ?? 0;
      return Int32Array.from(view.keys()).filter((index) => (view[index] ?? 0) >= least);
    }),
};

describe("pruner contract", () => {
  for (const [name, check] of Object.entries(prunerContract)) {
    it(`"${name}" catches a pruner that does not`, async () => {
      const broken = BROKEN[name];
      assert.ok(broken !== undefined, "no broken pruner for this check");
      await assert.rejects(check(broken), { code: "ERR_ASSERTION" });
    });
  }
});
