import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { ActionQueue, createPolicy, keepAll } from "../../src/index.ts";
import type { ActionQueueOptions, Episode, StepResult } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

/** An episode whose n-th chunk is `[[n, 0], [n, 1], …]`. */
function counted(length: number): Pick<Episode, "act"> & { calls: number } {
  return {
    calls: 0,
    async act() {
      const call = this.calls++;
      await new Promise((resolve) => setImmediate(resolve));
      return { actions: Array.from({ length }, (_, place) => [call, place]) } as unknown as StepResult;
    },
  };
}

const look = (): object => ({ instruction: "go on" });

async function actions(queue: ActionQueue, count: number): Promise<(readonly number[])[]> {
  const taken: (readonly number[])[] = [];
  for (let index = 0; index < count; index += 1) taken.push((await queue.next(look)).action);
  return taken;
}

describe("action queue", () => {
  it("executes so many actions of each chunk, and no more than there are, one by one or all at once", async () => {
    const numbers = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      execute: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(numbers, fc.boolean(), async ({ length, execute }, atOnce) => {
        const episode = counted(length);
        const queue = new ActionQueue(episode, { execute });
        const each = Math.min(length, execute);
        const expected = Array.from({ length: 10 }, (_, index) => [Math.floor(index / each), index % each]);
        const taken = atOnce
          ? (await Promise.all(expected.map(() => queue.next(look)))).map(({ action }) => action)
          : await actions(queue, 10);
        assert.deepEqual(taken, expected);
        assert.equal(episode.calls, Math.ceil(10 / each));
      }),
      { numRuns: 30 },
    );
  });

  it("executes whole chunks where it is not told, and what a function says of a chunk's length", async () => {
    assert.deepEqual(await actions(new ActionQueue(counted(2)), 3), [
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
    const half = new ActionQueue(counted(5), { execute: (length) => Math.ceil(length / 2) });
    assert.deepEqual(await actions(half, 4), [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ]);
  });

  it("looks only when the model is asked, and says what it saw and gave", async () => {
    let looks = 0;
    const policy = createPolicy({ adapter: new FakeAdapter({ horizon: 2 }), pruner: keepAll() });
    const queue = new ActionQueue(policy);
    const next = () => queue.next(async () => observe((looks += 1)));
    const [first, second, third] = [await next(), await next(), await next()];
    assert.equal(looks, 2);
    assert.deepEqual(first.call?.observation, observe(1));
    assert.deepEqual([first.action, second.action], first.call?.result.actions);
    assert.equal(second.call, null);
    assert.equal(third.call?.result.step, 1);
  });

  it("forgets the rest of a chunk when it is cleared, one that is under way too", async () => {
    const queue = new ActionQueue(counted(3));
    await actions(queue, 1);
    queue.clear();
    assert.deepEqual(await actions(queue, 1), [[1, 0]]);
    queue.clear();
    const underWay = queue.next(look);
    await new Promise((resolve) => setImmediate(resolve));
    queue.clear();
    assert.deepEqual((await underWay).action, [2, 0]);
    assert.deepEqual(await actions(queue, 2), [
      [3, 0],
      [3, 1],
    ]);
  });

  it("goes on after a look or a call that failed, whoever waited behind it", async () => {
    const queue = new ActionQueue(counted(2));
    const blind = queue.next(() => Promise.reject(new Error("no camera")));
    const waiting = queue.next(look);
    await assert.rejects(blind, /no camera/);
    assert.deepEqual((await waiting).action, [0, 0]);
    const policy = createPolicy({ adapter: new FakeAdapter({ horizon: 2 }), pruner: keepAll() });
    const cancelled = new ActionQueue(policy);
    const step = cancelled.next(() => observe(0), { signal: AbortSignal.abort() });
    await assert.rejects(step, hasCode("cancelled"));
    assert.equal((await cancelled.next(() => observe(0))).call?.result.step, 0);
  });

  it("refuses an empty chunk, and to execute no action, half an action, or what is no number", async () => {
    await assert.rejects(new ActionQueue(counted(0)).next(look), hasCode("action-invalid"));
    for (const execute of [0, -1, 1.5, Number.NaN, "3", null]) {
      const options = { execute } as ActionQueueOptions;
      assert.throws(() => new ActionQueue(counted(2), options), hasCode("invalid-option"), String(execute));
      const later = { execute: () => execute as number };
      await assert.rejects(new ActionQueue(counted(2), later).next(look), hasCode("invalid-option"));
    }
    const misspelt = { exceute: 2 } as ActionQueueOptions;
    assert.throws(() => new ActionQueue(counted(2), misspelt), /write execute/);
  });
});
