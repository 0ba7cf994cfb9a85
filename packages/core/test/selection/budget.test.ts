import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { budgetOf, checkRetention } from "../../src/selection/budget.ts";

describe("budgetOf", () => {
  it("gives the paper's budgets of a 256-token view", () => {
    assert.deepEqual(
      [1, 0.5, 0.25, 0.125].map((retention) => budgetOf(256, retention)),
      [256, 128, 64, 32],
    );
  });

  it("rounds halves to the even number", () => {
    assert.deepEqual(
      [1, 3, 5, 7, 9, 11].map((count) => budgetOf(count, 0.5)),
      [1, 2, 2, 4, 4, 6],
    );
  });

  it("rounds all else to the nearest", () => {
    assert.deepEqual(
      [0.13, 0.16, 0.24, 0.26].map((retention) => budgetOf(10, retention)),
      [1, 2, 2, 3],
    );
  });

  it("keeps at least one token, however small the share", () => {
    assert.equal(budgetOf(256, 1e-9), 1);
  });
});

describe("checkRetention", () => {
  it("refuses what is outside (0, 1]", () => {
    for (const retention of [
      0,
      -0.5,
      1.0001,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "0.5" as unknown as number,
    ]) {
      assert.throws(() => checkRetention(retention), hasCode("invalid-option"), String(retention));
    }
    assert.equal(checkRetention(1), 1);
    assert.equal(checkRetention(Number.MIN_VALUE), Number.MIN_VALUE);
  });
});
