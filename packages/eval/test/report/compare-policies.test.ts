import assert from "node:assert/strict";
import { evaluationReport, policyTable } from "../../src/index.ts";
import type { EpisodeRecord, SweepInfo } from "../../src/index.ts";
import { record } from "../support/record.ts";

const INFO: SweepInfo = {
  settings: { variants: {} },
  policies: { fp32: "aa", q4: "bb" },
  machine: "A machine",
  commit: "abc",
  commands: ["vla-pruner eval"],
};

/** Up to four episodes in two suites; which are solved is given as 0 and 1. */
function episodes(policy: string, pruner: string, solved: string): EpisodeRecord[] {
  return solved.split("").map((digit, index) =>
    record({
      policy,
      pruner,
      ...(pruner === "keep-all" && { retention: 1, warmup: null }),
      suite: index < 2 ? "spatial" : "object",
      seed: index,
      success: digit === "1",
    }),
  );
}

describe("policies against one of them", () => {
  const records = [
    ...episodes("fp32", "keep-all", "1110"),
    ...episodes("fp32", "vla-pruner", "1010"),
    ...episodes("q4", "vla-pruner", "011"),
    ...episodes("q4", "keep-all", "1011"),
    ...episodes("q4", "fastv", "1"),
  ];

  it("counts the episodes that only one solved, of those that both played in the same way", () => {
    const { policies = [] } = evaluationReport(INFO, records, "fp32");
    const counts = policies.map(({ policy, against, pruner, suite, onlyFirst, onlySecond, pairs }) =>
      [policy, against, pruner, suite, onlyFirst, onlySecond, pairs].join(" "),
    );
    assert.deepEqual(counts, [
      "q4 fp32 keep-all spatial 0 1 2",
      "q4 fp32 keep-all object 1 0 2",
      "q4 fp32 keep-all all 1 1 4",
      "q4 fp32 vla-pruner spatial 1 1 2",
      "q4 fp32 vla-pruner object 0 0 1",
      "q4 fp32 vla-pruner all 1 1 3",
      "q4 fp32 fastv spatial 0 0 0",
      "q4 fp32 fastv all 0 0 0",
    ]);
    assert.ok(policyTable(policies).includes("## Against fp32"));
  });

  it("refuses a name that no policy has, with those there are", () => {
    const wrong = { code: "invalid-option", expected: /fp32, q4/u, found: "q8" };
    assert.throws(() => evaluationReport(INFO, records, "q8"), wrong);
  });

  it("compares nothing where nobody asks for it", () => {
    assert.equal(evaluationReport(INFO, records).policies, undefined);
  });
});
