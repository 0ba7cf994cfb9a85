import assert from "node:assert/strict";
import type { ObservationInput, StepResult } from "@vla-pruner/core";
import { RefillingQueue } from "../src/client/index.ts";

/** A model whose chunk plans `length` control steps from the one that it saw, and takes its time until it is let go. */
class Planner {
  readonly seen: number[] = [];
  readonly #length: number;
  readonly #answers: ((failure?: Error) => void)[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  act({ state = [] }: ObservationInput): Promise<StepResult> {
    const at = state[0] ?? 0;
    this.seen.push(at);
    return new Promise((resolve, reject) => {
      this.#answers.push((failure) => {
        if (failure) reject(failure);
        else
          resolve({
            actions: Array.from({ length: this.#length }, (_, index) => [at + index, at]),
          } as unknown as StepResult);
      });
    });
  }

  /** The oldest call is answered. */
  async answer(failure?: Error): Promise<void> {
    this.#answers.shift()?.(failure);
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a queue that is refilled while it lasts", () => {
  it("never repeats nor skips a control step, however late chunks come, and stands still only when it runs out", async () => {
    const planner = new Planner(4);
    const queue = new RefillingQueue(planner, { ahead: 2 });
    let now = 0;
    const step = (): Promise<[number | undefined, number | undefined, boolean]> =>
      queue
        .next(() => ({ state: [now] }))
        .then(({ action, waited }) => {
          now += 1;
          return [action[0], action[1], waited];
        });
    const first = step();
    await turn();
    await planner.answer();
    assert.deepEqual(await first, [0, 0, true]);
    assert.deepEqual(await step(), [1, 0, false]);
    assert.deepEqual(planner.seen, [0]);
    assert.deepEqual(await step(), [2, 0, false]); // Two are left, this one and one more: the next is asked for.
    assert.deepEqual(planner.seen, [0, 2]);
    await planner.answer();
    // Of the chunk from step 2 on, step 2 has passed.
    assert.deepEqual(await step(), [3, 2, false]);
    assert.deepEqual(await step(), [4, 2, false]);
    assert.deepEqual(planner.seen, [0, 2, 4]);
    assert.deepEqual(await step(), [5, 2, false]);
    const late = step(); // Step 6 is not planned yet: the robot stands still.
    await turn();
    await planner.answer();
    assert.deepEqual(await late, [6, 4, true]);
  });

  it("blends what both chunks have", async () => {
    const planner = new Planner(4);
    const queue = new RefillingQueue(planner, { ahead: 3, blend: 0.25 });
    const next = async (now: number): Promise<readonly number[]> =>
      (await queue.next(() => ({ state: [now] }))).action;
    const first = next(0);
    await turn();
    await planner.answer();
    assert.deepEqual(await first, [0, 0]);
    await next(10); // Seen by the second call, when the first chunk was at step 1.
    await planner.answer();
    // Step 2: the old chunk says [2, 0], the new one [11, 10].
    assert.deepEqual(await next(11), [0.25 * 2 + 0.75 * 11, 7.5]);
  });

  it("throws a failure once, and goes on with what is left; forgets calls of an episode that is over", async () => {
    const planner = new Planner(4);
    const queue = new RefillingQueue(planner, { ahead: 2 });
    const next = (now: number): Promise<number | undefined> =>
      queue.next(() => ({ state: [now] })).then(({ action }) => action[0]);
    const first = next(0);
    await turn();
    await planner.answer();
    assert.equal(await first, 0);
    assert.equal(await next(1), 1);
    assert.equal(await next(2), 2);
    await planner.answer(new Error("cut off"));
    await assert.rejects(next(3), /cut off/u);
    assert.equal(await next(3), 3);
    assert.deepEqual(planner.seen, [0, 2, 3]);
    queue.clear();
    const fresh = next(100);
    await turn();
    await planner.answer(); // Of before.
    await planner.answer();
    assert.equal(await fresh, 100);
  });
});
