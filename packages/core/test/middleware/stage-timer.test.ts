import assert from "node:assert/strict";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createPolicy, keepAll, STAGE_NAMES } from "../../src/index.ts";
import { runStage } from "../../src/middleware/compose.ts";
import { stageTimer } from "../../src/middleware/stage-timer.ts";
import type { StageName } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

describe("stage timer", () => {
  it("times every stage of a step", async () => {
    const { timings } = await createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() }).act(observe(1));
    assert.deepEqual(Object.keys(timings), [...STAGE_NAMES]);
    assert.ok(
      Object.values(timings).every((milliseconds) => Number.isFinite(milliseconds) && milliseconds >= 0),
    );
  });

  it("times a stage that fails, too", async () => {
    const timings: Partial<Record<StageName, number>> = {};
    const failing = runStage([stageTimer(timings)], "toAction", { episode: "one", raw: 1 }, () =>
      Promise.reject(new Error("broken")),
    );
    await assert.rejects(failing, /broken/);
    assert.deepEqual(Object.keys(timings), ["toAction"]);
  });
});
