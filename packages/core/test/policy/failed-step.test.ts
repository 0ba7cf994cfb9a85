import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import type { FakeStage } from "@vla-pruner/core/testing";
import { createPolicy, STAGE_NAMES, vlaPruner } from "../../src/index.ts";
import type { StageMiddleware, StageName } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";

const observations = [0, 1, 2, 3].map((index) => observe(index));
const pruner = vlaPruner({ retention: 0.25, window: 2 });

/** Three good steps with a failing one in between must equal three good steps. */
async function assertUnharmed(
  middleware: StageMiddleware[],
  adapter: FakeAdapter,
  fail: (on: boolean) => void,
): Promise<void> {
  const expected = await play(
    createPolicy({ adapter: new FakeAdapter(), pruner }).startEpisode(),
    observations,
  );
  const episode = createPolicy({ adapter, pruner, middleware }).startEpisode();
  for (const [index, observation] of observations.entries()) {
    const before = episode.saveState();
    fail(true);
    await assert.rejects(episode.act(observe(99)), /injected/);
    fail(false);
    assert.deepEqual(episode.saveState(), before);
    assert.deepEqual(outcome(await episode.act(observation)), expected[index] && outcome(expected[index]));
  }
  assert.equal(adapter.released.length, 2 * observations.length, "released once a step");
}

describe("a step that fails", () => {
  for (const stage of [
    "prepare",
    "encodeVision",
    "prefillHead",
    "act",
    "toAction",
    "release",
  ] satisfies FakeStage[]) {
    it(`leaves memory as it was when the adapter throws at ${stage}`, async () => {
      const adapter = new FakeAdapter();
      await assertUnharmed([], adapter, (on) => {
        adapter.faults.throwAt = on ? stage : undefined;
      });
    });
  }

  for (const stage of STAGE_NAMES) {
    it(`leaves memory as it was when a middleware throws after ${stage}`, async () => {
      let failing = false;
      const saboteur: StageMiddleware = {
        async every(name: StageName, next) {
          const output = await next();
          if (failing && name === stage) throw new Error("injected");
          return output;
        },
      };
      await assertUnharmed([saboteur], new FakeAdapter(), (on) => {
        failing = on;
      });
    });
  }

  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY])
    it(`is one whose action is ${wrong}: no robot moves by it, and memory stays as it was`, async () => {
      const damage: StageMiddleware = {
        async toAction(_input, next) {
          const chunk = await next();
          return { ...chunk, actions: chunk.actions.map((action) => [...action.slice(1), wrong]) };
        },
      };
      const episode = createPolicy({
        adapter: new FakeAdapter({ horizon: 2 }),
        pruner,
        middleware: [damage],
      });
      const before = episode.saveState();
      await assert.rejects(episode.act(observe(0)), hasCode("action-invalid"));
      assert.deepEqual(episode.saveState(), before);
    });

  it("releases what the adapter made, also when a middleware threw it away", async () => {
    const adapter = new FakeAdapter();
    const policy = createPolicy({ adapter, pruner });
    adapter.faults.nanIn = "semantic";
    await assert.rejects(policy.act(observe(0)), hasCode("invalid-attention"));
    adapter.faults.nanIn = undefined;
    for (const stage of ["prepare", "encodeVision", "prefillHead"] as const) {
      adapter.faults.throwAt = stage;
      await assert.rejects(policy.act(observe(0)), /injected/);
    }
    assert.deepEqual(adapter.released, [
      { vision: true, head: true },
      { vision: false, head: false },
      { vision: false, head: false },
      { vision: true, head: false },
    ]);
  });
});

describe("a step that is cancelled", () => {
  for (const [index, stage] of STAGE_NAMES.slice(0, -1).entries()) {
    it(`stops after ${stage} and leaves memory as it was`, async () => {
      const adapter = new FakeAdapter();
      const policy = createPolicy({ adapter, pruner });
      const episode = policy.startEpisode();
      await episode.act(observe(0));
      const before = episode.saveState();
      const controller = new AbortController();
      policy.events.on("stage-end", (event) => {
        if (event.stage === stage) controller.abort(new Error("enough"));
      });
      await assert.rejects(episode.act(observe(1), { signal: controller.signal }), (error) => {
        assert.ok(hasCode("cancelled")(error));
        assert.ok(String(error).includes(`before ${STAGE_NAMES[index + 1] ?? "?"}`), String(error));
        return ((error as Error).cause as Error).message === "enough";
      });
      assert.deepEqual(episode.saveState(), before);
      assert.equal(adapter.released.length, 2);
    });
  }

  it("does nothing at all when it was cancelled while it waited", async () => {
    const adapter = new FakeAdapter();
    const episode = createPolicy({ adapter, pruner }).startEpisode();
    const controller = new AbortController();
    const [first, second] = [episode.act(observe(0)), episode.act(observe(1), { signal: controller.signal })];
    controller.abort();
    await first;
    await assert.rejects(second, hasCode("cancelled"));
    assert.equal(adapter.calls.filter((call) => call === "prepare").length, 1);
    assert.equal(episode.saveState().step, 1);
  });
});
