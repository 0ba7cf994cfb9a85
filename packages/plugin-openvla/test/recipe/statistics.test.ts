import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { NormStats } from "@vla-pruner/core";
import { checkStatistics } from "@vla-pruner/prismatic/convert";
import type { CheckedPart } from "@vla-pruner/prismatic/convert";
import { readFileSync } from "node:fs";
import { sharedPath } from "../support/shared-data.ts";

const PART: CheckedPart = { part: "action", keys: ["q01", "q99"], size: 2, masked: true };
const GOOD = { q01: [-1, 0], q99: [1, 1], mask: [true, false] };

const check = (action: object, part: Partial<CheckedPart> = {}): string[] =>
  checkStatistics({ own: { action } as NormStats }, [{ ...PART, ...part }], "file.json");

describe("statistics of a Prismatic model", () => {
  it("pass where nothing is odd", () => {
    assert.deepEqual(check(GOOD), []);
  });

  for (const [what, says, action] of [
    ["no lists", /no list q01/u, {}],
    ["one list alone", /no list q99/u, { q01: [0, 1] }],
    ["a number that is none", /q01\[1\] = null/u, { ...GOOD, q01: [0, null] }],
    ["a number that is not finite", /q99\[0\] = Infinity/u, { ...GOOD, q99: [Number.POSITIVE_INFINITY, 1] }],
    [
      "lengths that disagree with the head",
      /3 numbers in q01, but the model has 2/u,
      { q01: [0, 0, 0], q99: [1, 1, 1] },
    ],
    ["lists of two lengths", /1 numbers in q99/u, { ...GOOD, q99: [1] }],
    ["q01 above q99", /q01\[0\] = 2 above q99\[0\] = 1/u, { ...GOOD, q01: [2, 0] }],
    ["a mask of another length", /mask that is not 2 times/u, { ...GOOD, mask: [true] }],
    ["a mask of numbers", /mask that is not 2 times/u, { ...GOOD, mask: [1, 0] }],
  ] as const) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => check(action), hasCode("config-invalid"));
      assert.throws(() => check(action), says);
    });
  }

  it("are refused where there are none at all", () => {
    assert.throws(() => checkStatistics({}, [PART], "file.json"), /found none/u);
  });

  it("of the state are refused where the model takes one and there are none", () => {
    const parts: CheckedPart[] = [PART, { part: "proprio", keys: ["q01", "q99"], size: 8, masked: false }];
    assert.throws(
      () => checkStatistics({ own: { action: GOOD } }, parts, "file.json"),
      /own\.proprio has no statistics/u,
    );
  });

  it("warn of constant dimensions by number, but not of those that are masked out", () => {
    const [warning, ...others] = check({ ...GOOD, q99: [-1, 1] });
    assert.match(warning ?? "", /own\.action has constant dimensions \(q01 = q99\): 0;/u);
    assert.deepEqual(others, []);
    assert.deepEqual(check({ ...GOOD, q99: [1, 0] }), []);
  });

  it("warn of a missing mask where the official code writes one", () => {
    const { mask: _, ...bare } = GOOD;
    assert.match(check(bare).join(), /no mask/u);
    assert.deepEqual(check(bare, { masked: false }), []);
  });

  it("of one training set among several may be unusable, and are said to be", () => {
    const both = { good: { action: GOOD }, bad: { action: { ...GOOD, q01: [2, 0] } } };
    const [warning, ...others] = checkStatistics(both, [PART], "file.json");
    assert.match(warning ?? "", /bad\.action has q01\[0\] = 2.*cannot be chosen/u);
    assert.deepEqual(others, []);
  });

  it("of the real checkpoint are all usable", function () {
    const real = readFileSync(sharedPath(this, "openvla/config.json"), "utf8");
    const { norm_stats: all } = JSON.parse(real) as { norm_stats: Record<string, NormStats> };
    const warnings = checkStatistics(all, [{ ...PART, size: null }], "config.json");
    for (const warning of warnings) assert.doesNotMatch(warning, /cannot be chosen/u);
  });
});
