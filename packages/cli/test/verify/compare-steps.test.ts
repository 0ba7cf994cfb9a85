import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { compareSteps, isWithin, toleranceOf } from "../../src/verify/compare-steps.ts";

const FP32 = { action: 1e-3, kept: 0.99 };
const STEPS = [
  { action: [[0, 10]], tokens: [7, 8], kept: [[0, 1, 2, 3]] },
  { action: [[1, 20]], tokens: [7, 9], kept: [[2, 3, 4, 5]] },
];

/** Share of the first step's kept tokens that a set keeps. */
function keptMean(set: readonly number[]): number | undefined {
  return compareSteps(STEPS.slice(0, 1), [{ kept: [set], action: [[0, 10]] }]).kept?.mean;
}

describe("compareSteps", () => {
  it("finds no difference between a run and itself", () => {
    const same = compareSteps(STEPS, STEPS);
    assert.deepEqual(same, {
      steps: 2,
      action: { largest: 0, mean: 0 },
      tokens: 1,
      kept: { smallest: 1, mean: 1 },
    });
    assert.ok(isWithin(same, FP32));
  });

  it("measures each number of an action by how far that number moves", () => {
    const moved = compareSteps(STEPS, [{ ...STEPS[0], action: [[0.01, 10.2]] }, STEPS[1] ?? {}]);
    assert.ok(Math.abs((moved.action?.largest ?? 0) - 0.01) < 1e-12);
    assert.ok(Math.abs((moved.action?.mean ?? 0) - 0.005) < 1e-12);
    assert.ok(!isWithin(moved, FP32) && isWithin(moved, { action: 0.02, kept: 0.99 }));
  });

  it("counts kept tokens that are missing, and those that are too many", () => {
    assert.equal(keptMean([0, 1, 2, 9]), 0.75);
    assert.equal(keptMean([0, 1, 2, 3, 4, 5, 6, 7]), 0.5);
  });

  it("compares what is recorded alone, and as much of a chunk", () => {
    const chunk = [
      {
        action: [
          [1, 2],
          [3, 4],
        ],
        tokens: null,
        kept: [[0]],
      },
    ];
    assert.deepEqual(compareSteps([{ action: [[1, 2]] }], chunk), {
      steps: 1,
      action: { largest: 0, mean: 0 },
      tokens: null,
      kept: null,
    });
  });

  it("refuses actions of another length, more rows than were found, and other views", () => {
    for (const expected of [
      { action: [[1]] },
      {
        action: [
          [1, 2],
          [3, 4],
        ],
      },
      { kept: [[1], [2]] },
    ]) {
      const found = [{ action: [[1, 2]], kept: [[1]] }];
      assert.throws(() => compareSteps([expected], found), hasCode("episode-file-invalid"));
    }
  });

  it("takes the tolerance of the coarsest session", () => {
    const entry = { file: "act", bytes: { graph: 1, data: [] } };
    const mixed = { dtype: "fp32", sessions: { one: entry, two: { ...entry, dtype: "q8" } } };
    assert.ok(toleranceOf(mixed).action > toleranceOf({ dtype: "fp16", sessions: { one: entry } }).action);
    assert.deepEqual(toleranceOf({ dtype: "fp32", sessions: { one: entry } }), FP32);
  });
});
