import assert from "node:assert/strict";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createPolicy, vlaPruner } from "../../src/index.ts";
import type { LocalEpisode, StepResult } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { play } from "../support/play.ts";

const START = { step: 0, history: {} };

/** An episode of two steps, and a third that has begun and stays in `select` until it is let go. */
async function underWay(): Promise<{ episode: LocalEpisode; step: Promise<StepResult>; letGo: () => void }> {
  let letGo: (() => void) | undefined;
  const open = new Promise<void>((resolve) => (letGo = resolve));
  let reached: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => (reached = resolve));
  const episode = createPolicy({
    adapter: new FakeAdapter(),
    pruner: vlaPruner({ retention: 0.25 }),
    middleware: [
      {
        async select({ context }, next) {
          if (context.step === 2) {
            reached?.();
            await open;
          }
          return next();
        },
      },
    ],
  }).startEpisode();
  await play(episode, [observe(0), observe(1)]);
  const step = episode.act(observe(2));
  await begun;
  return { episode, step, letGo: () => letGo?.() };
}

describe("an episode that is restored while a step is under way", () => {
  it("keeps the restored memory; the step gives its action all the same", async () => {
    const { episode, step, letGo } = await underWay();
    episode.restoreState(START);
    letGo();
    assert.equal((await step).step, 2);
    assert.deepEqual(episode.saveState(), START);
  });

  it("goes on from the restored memory with the calls that waited", async () => {
    const { episode, step, letGo } = await underWay();
    const waiting = episode.act(observe(3));
    episode.restoreState({ ...START, step: 7 });
    letGo();
    await step;
    assert.equal((await waiting).step, 7);
    assert.equal(episode.saveState().step, 8);
  });

  it("is not undone by a reset that waited", async () => {
    const { episode, step, letGo } = await underWay();
    const reset = episode.reset();
    episode.restoreState({ ...START, step: 7 });
    letGo();
    await Promise.all([step, reset]);
    assert.equal(episode.saveState().step, 7);
    await episode.reset();
    assert.deepEqual(episode.saveState(), START);
  });
});
