import assert from "node:assert/strict";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createPolicy, fastv, STAGE_NAMES } from "../src/index.ts";
import type { Policy, StepResult } from "../src/index.ts";
import { observe } from "./support/observations.ts";
import { outcome } from "./support/play.ts";

function makePolicy(): Policy {
  return createPolicy({ adapter: new FakeAdapter(), pruner: fastv({ retention: 0.25 }) });
}

/** An async listener that fails; to the emitter's types it returns nothing. */
function rejecting(message: string): () => void {
  return () => Promise.reject(new Error(message)) as unknown as void;
}

describe("events", () => {
  it("report a step as it goes, in order", async () => {
    const policy = makePolicy();
    const log: string[] = [];
    policy.events.on("stage-end", ({ stage }) => log.push(stage));
    policy.events.on("attention-available", ({ level }) => log.push(`${level} attention`));
    policy.events.on("selection-available", ({ keep }) => log.push(`kept ${keep.length}`));
    policy.events.on("action-available", ({ step }) => log.push(`step ${step}`));
    policy.events.on("episode-reset", () => log.push("reset"));
    await policy.act(observe(1));
    await policy.reset();
    assert.deepEqual(
      log.filter((line) => !STAGE_NAMES.some((name) => name === line)),
      ["semantic attention", "kept 4", "action attention", "step 0", "reset"],
    );
    assert.deepEqual(
      log.filter((line) => STAGE_NAMES.some((name) => name === line)),
      [...STAGE_NAMES],
    );
  });

  it("give listeners the very result that the caller gets", async () => {
    const policy = makePolicy();
    const seen: StepResult[] = [];
    policy.events.on("action-available", (result) => seen.push(result));
    assert.equal(await policy.act(observe(1)), seen[0]);
  });

  it("report no action for a step that fails", async () => {
    const adapter = new FakeAdapter();
    const policy = createPolicy({ adapter, pruner: fastv({ retention: 0.25 }) });
    let actions = 0;
    policy.events.on("action-available", () => (actions += 1));
    adapter.faults.throwAt = "toAction";
    await assert.rejects(policy.act(observe(1)));
    assert.equal(actions, 0);
  });

  it("let a step pass unharmed when listeners throw, and say who did", async () => {
    const [calm, noisy] = [makePolicy(), makePolicy()];
    const errors: unknown[] = [];
    noisy.events.on("listener-error", ({ error }) => errors.push(error));
    for (const name of [
      "stage-end",
      "attention-available",
      "selection-available",
      "action-available",
    ] as const) {
      noisy.events.on(name, () => {
        throw new Error(name);
      });
    }
    assert.deepEqual(outcome(await noisy.act(observe(1))), outcome(await calm.act(observe(1))));
    const names = new Set(errors.map((error) => (error as Error).message));
    assert.deepEqual([...names].toSorted(), [
      "action-available",
      "attention-available",
      "selection-available",
      "stage-end",
    ]);
  });

  it("write to the console when nobody listens for listener errors, or that listener throws", async () => {
    const policy = makePolicy();
    const written: unknown[] = [];
    const original = console.error;
    console.error = (error: unknown) => written.push(error);
    try {
      const broken = new Error("broken");
      const throwing = (): never => {
        throw broken;
      };
      policy.events.on("episode-reset", throwing);
      await policy.reset();
      assert.deepEqual(written, [broken]);
      policy.events.on("listener-error", throwing);
      await policy.reset();
      assert.deepEqual(written, [broken, broken]);
    } finally {
      console.error = original;
    }
  });

  it("hand what async listeners reject with to listener-error, as what others throw", async () => {
    const policy = makePolicy();
    const errors: string[] = [];
    policy.events.on("listener-error", ({ error }) => errors.push((error as Error).message));
    policy.events.on("episode-reset", rejecting("late"));
    policy.events.on("episode-reset", () => {
      throw new Error("at once");
    });
    let calls = 0;
    policy.events.once("episode-reset", () => (calls += 1));
    await policy.reset();
    await policy.reset();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(errors.toSorted(), ["at once", "at once", "late", "late"]);
    assert.equal(calls, 1, "a listener after one that throws is called, and once means once");
  });

  it("write to the console when a listener for listener errors rejects", async () => {
    const policy = makePolicy();
    const written: unknown[] = [];
    const original = console.error;
    console.error = (error: unknown) => written.push(error);
    try {
      policy.events.on("episode-reset", rejecting("first"));
      policy.events.on("listener-error", rejecting("second"));
      await policy.reset();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(
        written.map((error) => (error as Error).message),
        ["second"],
      );
    } finally {
      console.error = original;
    }
  });
});
