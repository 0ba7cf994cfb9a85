import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { testSeed } from "@vla-pruner/sim";
import { jobsOf, keyOf } from "../../src/index.ts";
import type { SweepPlan } from "../../src/index.ts";
import { PLAN } from "../support/plan.ts";

describe("the jobs of a plan", () => {
  it("run dense once, and every other pruner at each retention below 1, on the same tasks and seeds", async () => {
    const jobs = await jobsOf({ ...PLAN, retentions: [1, 0.5, 0.25] });
    assert.equal(jobs.length, 2 * 5);
    const first = jobs.slice(0, 5);
    assert.deepEqual(
      first.map(({ pruner, retention }) => `${pruner} ${retention}`),
      ["keep-all 1", "vla-pruner 0.5", "vla-pruner 0.25", "random 0.5", "random 0.25"],
    );
    assert.ok(first.every(({ seed, task }) => seed === testSeed(0) && task.name === "spatial/fake"));
    assert.ok(jobs.slice(5).every(({ seed, task }) => seed === testSeed(1) && task.name === "spatial/other"));
  });

  it("fill all cells evenly, however far they get", async () => {
    const jobs = await jobsOf({ ...PLAN, episodes: 7, warmups: ["semantic", "dense"] });
    for (const length of [10, 25, 40]) {
      const counts = new Map<string, number>();
      for (const { policy, pruner, retention, warmup } of jobs.slice(0, length)) {
        const cell = JSON.stringify([policy, pruner, retention, warmup]);
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
      assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 1);
    }
  });

  it("each have a key of their own, and go on where another plan ended", async () => {
    const all = await keys({ ...PLAN, episodes: 4, warmups: ["semantic", "dense"] });
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(
      [...(await keys(PLAN)), ...(await keys({ ...PLAN, first: 2 }))],
      await keys({ ...PLAN, episodes: 4 }),
    );
  });

  const bad: Readonly<Record<string, Partial<SweepPlan>>> = {
    "no episodes": { episodes: 0 },
    "half an episode": { episodes: 0.5 },
    "an unknown pruner": { pruners: ["magic"] },
    "a pruner twice": { pruners: ["random", "random"] },
    "no pruner": { pruners: [] },
    "no suite": { suites: {} },
    "two policies of one name": { policies: [...PLAN.policies, { name: "fake", path: "other" }] },
    "a retention of 0": { retentions: [0] },
    "nothing but retention 1 without keep-all": { pruners: ["random"], retentions: [1] },
    "a negative first episode": { first: -1 },
  };
  for (const [name, change] of Object.entries(bad)) {
    it(`refuse ${name}`, async () => {
      await assert.rejects(jobsOf({ ...PLAN, ...change }), hasCode("invalid-option"));
    });
  }
});

async function keys(plan: SweepPlan): Promise<string[]> {
  return (await jobsOf(plan)).map((job) => keyOf({ ...job, task: job.task.name }));
}
