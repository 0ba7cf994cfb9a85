import assert from "node:assert/strict";
import { createPolicy, keepAll, uniform } from "@vla-pruner/core";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { runEpisode } from "../../src/index.ts";
import type { ModelCall } from "../../src/index.ts";
import { FakeSimulator, TASK } from "../support/fake-simulator.ts";

const policyOf = (adapter: FakeAdapter) => createPolicy({ adapter, pruner: keepAll() });

describe("runEpisode", () => {
  it("looks, executes half of the chunk, and looks again", async () => {
    const simulator = new FakeSimulator();
    const calls: ModelCall[] = [];
    const policy = policyOf(new FakeAdapter({ horizon: 6 }));
    const outcome = await runEpisode(policy, simulator, {
      task: TASK,
      seed: 1,
      onCall: (call) => calls.push(call),
    });
    assert.deepEqual(
      calls.map(({ step }) => step),
      [0, 3, 6, 9],
    );
    assert.equal(simulator.log.filter((word) => word === "observe").length, 4);
    assert.deepEqual(simulator.actions.slice(3, 6), calls[1]?.result.actions.slice(0, 3));
    assert.deepEqual([outcome.steps, outcome.calls, outcome.success, outcome.goals], [10, 4, false, 0]);
    assert.equal(simulator.log.at(-1), "dispose");
  });

  it("executes one action of a chunk of one, and as many as it is told", async () => {
    for (const [horizon, execute, calls] of [
      [1, undefined, 10],
      [6, 6, 2],
      [6, 1, 10],
    ] as const) {
      const options = { task: TASK, seed: 1, ...(execute !== undefined && { execute }) };
      const outcome = await runEpisode(policyOf(new FakeAdapter({ horizon })), new FakeSimulator(), options);
      assert.equal(outcome.calls, calls);
    }
  });

  it("stops in the middle of a chunk when the task is solved", async () => {
    const simulator = new FakeSimulator({ solvedAt: 4 });
    const outcome = await runEpisode(policyOf(new FakeAdapter({ horizon: 6 })), simulator, {
      task: TASK,
      seed: 1,
    });
    assert.deepEqual([outcome.success, outcome.steps, outcome.goals, outcome.calls], [true, 4, 1, 2]);
  });

  it("takes another horizon and another pruner than the task's and the policy's", async () => {
    const policy = policyOf(new FakeAdapter());
    const options = { task: TASK, seed: 1, horizon: 3, pruner: uniform({ retention: 0.25 }) };
    const outcome = await runEpisode(policy, new FakeSimulator(), options);
    assert.deepEqual([outcome.steps, outcome.denseCalls, outcome.overlap], [3, 0, 1]);
  });

  it("gives the frames the names that the model's views have", async () => {
    const names = ["base_0_rgb", "left_wrist_0_rgb"];
    const seen: string[][] = [];
    const policy = policyOf(new FakeAdapter({ views: names }));
    await runEpisode(policy, new FakeSimulator(), {
      task: TASK,
      seed: 1,
      horizon: 1,
      onCall: ({ images }) => seen.push(Object.keys(images)),
    });
    assert.deepEqual(seen, [names]);
  });

  it("says how much of the object was kept, and nothing where none of it is visible", async () => {
    const pruner = uniform({ retention: 0.25 });
    const keptOf = async (object: readonly (readonly [number, number])[]): Promise<number | null> => {
      const options = { task: TASK, seed: 1, horizon: 2, pruner };
      return (await runEpisode(policyOf(new FakeAdapter()), new FakeSimulator({ object }), options))
        .objectKept;
    };
    assert.equal(await keptOf([]), null);
    // 16 tokens of 2 × 2 pixels; every fourth is kept, from token 2 on.
    assert.equal(await keptOf([[1, 5]]), 1);
    assert.equal(await keptOf([[1, 1]]), 0);
    assert.equal(
      await keptOf([
        [1, 5],
        [1, 1],
      ]),
      0.5,
    );
  });

  it("frees the episode when the simulator fails, and passes the error on", async () => {
    const simulator = new FakeSimulator({ failAt: 2 });
    const run = runEpisode(policyOf(new FakeAdapter()), simulator, { task: TASK, seed: 1 });
    await assert.rejects(run, /the physics broke/u);
    assert.equal(simulator.log.at(-1), "dispose");
  });

  it("refuses counts that make no sense, and models of more views than there are cameras", async () => {
    for (const options of [{ execute: 0 }, { execute: 1.5 }, { horizon: 0 }]) {
      const run = runEpisode(policyOf(new FakeAdapter()), new FakeSimulator(), {
        task: TASK,
        seed: 1,
        ...options,
      });
      await assert.rejects(run, hasCode("invalid-option"));
    }
    const three = policyOf(new FakeAdapter({ views: ["a", "b", "c"] }));
    await assert.rejects(
      runEpisode(three, new FakeSimulator(), { task: TASK, seed: 1 }),
      hasCode("adapter-mismatch"),
    );
  });
});
