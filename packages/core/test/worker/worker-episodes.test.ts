import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { ActionQueue, VlaPrunerError } from "../../src/index.ts";
import type { EpisodeState, StepResult } from "../../src/index.ts";
import type { PolicyWorker, WorkerEpisode } from "../../src/worker/index.ts";
import { asking, block, fakeWorker, localEpisode } from "../support/fake-worker.ts";
import { observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";

const indices = [0, 1, 2, 3];
const observations = () => indices.map((index) => observe(index));

for (const isolation of ["thread", "process"] as const) {
  describe(`an episode in a worker ${isolation}`, () => {
    let worker: PolicyWorker;
    let episode: WorkerEpisode;
    let expected: Omit<StepResult, "timings">[];
    let states: EpisodeState[];

    before(async function () {
      this.timeout(60_000);
      worker = await fakeWorker({ isolation });
    });

    beforeEach(async () => {
      episode = await worker.startEpisode({ id: "one" });
      const local = localEpisode("one");
      states = [local.saveState()];
      expected = [];
      for (const observation of observations()) {
        expected.push(outcome(await local.act(observation)));
        states.push(local.saveState());
      }
    });

    after(() => worker.dispose());

    it("acts, forgets, saves and restores as one in this thread does, call by call", async () => {
      assert.deepEqual((await play(episode, observations())).map(outcome), expected);
      await episode.reset();
      assert.deepEqual(await episode.saveState(), states[0]);
      await play(episode, observations().slice(0, 2));
      const state = await episode.saveState();
      assert.deepEqual(state, states[2]);
      await episode.reset();
      await episode.restoreState(state);
      assert.deepEqual((await play(episode, observations().slice(2))).map(outcome), expected.slice(2));
    });

    it("shares no memory with its neighbours, whose steps take turns with its own", async () => {
      const others = [
        episode,
        await worker.startEpisode({ id: "one" }),
        await worker.startEpisode({ id: "one" }),
      ];
      const played = await Promise.all(others.map((other) => play(other, observations())));
      for (const steps of played) assert.deepEqual(steps.map(outcome), expected);
    });

    it("has a pruner of its own, by name or out of a module", async () => {
      const own = await worker.startEpisode({ pruner: { name: "random", retention: 0.5, seed: 3 } });
      assert.equal((await own.act(observe(0))).keep.length, 8);
      const wrong = worker.startEpisode({ pruner: { name: "fastv", retention: 0.5, window: -1 } });
      await assert.rejects(wrong, hasCode("invalid-option"));
      await assert.rejects(worker.startEpisode({ pruner: "./no-such.ts#pruner" }), hasCode("plugin-invalid"));
    });

    it("serves an action queue", async () => {
      const queue = new ActionQueue(episode, { execute: 1 });
      for (const [index, observation] of observations().entries())
        assert.deepEqual((await queue.next(() => observation)).action, expected[index]?.action);
    });

    it("fails as the one behind it does: codes cross, and foreign errors stay foreign", async () => {
      await assert.rejects(episode.act({ images: {} }), (error) => {
        assert.ok(hasCode("observation-invalid")(error) && error instanceof VlaPrunerError);
        assert.equal(error.expected, "an image of image");
        return true;
      });
      await assert.rejects(episode.act(asking(0, { fail: "foreign" })), (error) => {
        return error instanceof Error && error.name === "RangeError" && /mishap/u.test(error.message);
      });
      await assert.rejects(episode.restoreState({ step: -1, history: {} }), hasCode("state-invalid"));
      await assert.rejects(episode.act({ extras: { look: () => 0 } }), hasCode("observation-invalid"));
      assert.deepEqual(await episode.saveState(), states[0]);
      assert.deepEqual((await play(episode, observations())).map(outcome), expected);
    });

    it("lets the newest observation win, and says so to those that waited", async () => {
      const calls = await Promise.allSettled([
        episode.act(asking(0, { wait: 50 })),
        episode.act(observe(2)),
        episode.act(observe(3)),
        episode.act(observe(1)),
      ]);
      const [first, ...others] = calls;
      assert.ok(first?.status === "fulfilled");
      assert.deepEqual(
        others.slice(0, 2).map((call) => call.status === "rejected" && hasCode("superseded")(call.reason)),
        [true, true],
      );
      assert.deepEqual(await episode.saveState(), states[2]);
    });

    it("forgets a step that was cancelled, at once for who waits", async () => {
      await episode.act(observe(0));
      const controller = new AbortController();
      const step = episode.act(asking(1, { wait: 100 }), { signal: controller.signal });
      setTimeout(() => controller.abort(), 20);
      await assert.rejects(step, hasCode("cancelled"));
      assert.deepEqual(await episode.saveState(), states[1]);
      assert.deepEqual(outcome(await episode.act(observe(1))), expected[1]);
    });

    it("forgets a step whose deadline passed here while its action was on the way", async () => {
      await episode.act(observe(0));
      const step = episode.act(asking(1, { wait: 300 }), { deadline: 600 });
      await new Promise((resolve) => setTimeout(resolve, 5));
      block(900);
      await assert.rejects(step, hasCode("deadline-exceeded"));
      assert.deepEqual(await episode.saveState(), states[1]);
      const rest = await play(episode, observations().slice(1));
      assert.deepEqual(rest.map(outcome), expected.slice(1));
    });

    it("reports what happens in the worker, in order, to those who listen", async () => {
      const heard: string[] = [];
      worker.events.on("stage-end", ({ stage }) => heard.push(stage));
      worker.events.on("attention-available", ({ level }) => heard.push(level));
      worker.events.on("action-available", ({ step }) => heard.push(`action ${step}`));
      worker.events.on("episode-reset", ({ episode: id }) => heard.push(`reset ${id}`));
      await episode.act(observe(0));
      await episode.reset();
      worker.events.removeAllListeners();
      await episode.act(observe(0));
      const stages = ["prepare", "encodeVision", "semantic", "prefillHead", "select", "action", "act"];
      assert.deepEqual(heard, [...stages, "observe", "toAction", "action 0", "reset one"]);
    });

    it("ends, and is refused from then on", async () => {
      await episode.end();
      await assert.rejects(episode.act(observe(0)), hasCode("disposed"));
    });
  });
}
