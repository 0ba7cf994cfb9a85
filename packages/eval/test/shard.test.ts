import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { SUITES } from "@vla-pruner/sim";
import { jobsOf } from "../src/index.ts";
import { shardOf } from "../src/sweep/shard-of.ts";

describe("parts of a sweep", () => {
  it("are the whole together, each with whole pairs; parts without episodes are refused", async () => {
    const jobs = await jobsOf({
      policies: [{ name: "tiny", path: "tiny" }],
      pruners: ["keep-all", "fastv"],
      retentions: [0.25],
      warmups: ["dense"],
      suites: { goal: SUITES.goal },
      episodes: 5,
      settings: { variants: {} },
    });
    const parts = [1, 2, 3].map((part) => shardOf(jobs, { part, of: 3 }));
    assert.deepEqual(new Set(parts.flat()), new Set(jobs));
    assert.equal(parts.flat().length, jobs.length);
    for (const part of parts) {
      const seeds = (pruner: string): number[] =>
        part.filter((job) => job.pruner === pruner).map(({ seed }) => seed);
      assert.deepEqual(seeds("keep-all"), seeds("fastv"));
    }
    for (const [part, of] of [
      [0, 3],
      [4, 3],
      [1, 6],
    ] as const)
      assert.throws(() => shardOf(jobs, { part, of }), hasCode("invalid-option"));
  });
});
