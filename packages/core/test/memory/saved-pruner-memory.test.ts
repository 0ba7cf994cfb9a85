import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, dense, keepAll } from "../../src/index.ts";
import type { EpisodeState, LocalEpisode, TokenPruner } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { play } from "../support/play.ts";
import { witness } from "../support/witness-pruner.ts";
import type { Calls } from "../support/witness-pruner.ts";

const observations = [0, 1, 2, 3].map((index) => observe(index));

function start(pruner: TokenPruner = witness(), adapter = new FakeAdapter()): LocalEpisode {
  return createPolicy({ adapter, pruner }).startEpisode();
}

describe("a pruner's own memory, saved", () => {
  it("goes with a saved state, through JSON, into another policy", async () => {
    const episode = start();
    await play(episode, observations.slice(0, 2));
    const state = JSON.parse(JSON.stringify(episode.saveState())) as EpisodeState;
    assert.deepEqual(state.pruner, { name: "witness", memory: { steps: [0, 1] } });
    const other = start();
    other.restoreState(state);
    assert.equal((await other.act(observe(2))).reason, "0,1");
  });

  it("is saved apart: neither side can write into the other", async () => {
    const episode = start();
    await episode.act(observe(0));
    const state = episode.saveState();
    const memory = (state.pruner?.memory ?? assert.fail()) as { steps: number[] };
    memory.steps.push(99);
    episode.restoreState(state);
    memory.steps.push(100);
    assert.equal((await episode.act(observe(1))).reason, "0,99");
  });

  it("is saved and restored as the pruner says", async () => {
    const spelt = witness({
      save: ({ steps }) => steps.join("+"),
      restore: (saved) => ({ steps: String(saved).split("+").map(Number) }),
    });
    const episode = start(spelt);
    await play(episode, observations.slice(0, 2));
    const state = episode.saveState();
    assert.equal(state.pruner?.memory, "0+1");
    const other = start(spelt);
    other.restoreState(state);
    assert.equal((await other.act(observe(2))).reason, "0,1");
  });

  it("may be nothing at all once it is restored", async () => {
    const seen: unknown[] = [];
    const pruner: TokenPruner<undefined> = {
      ...keepAll(),
      memory: {
        start: () => undefined,
        observe: () => undefined,
        save: () => "nothing",
        restore: () => undefined,
      },
      select(context) {
        seen.push(context.memory);
        return dense(context, "nothing");
      },
    };
    const episode = start(pruner);
    episode.restoreState(episode.saveState());
    await episode.act(observe(0));
    assert.deepEqual(seen, [undefined]);
  });

  it("is refused where it is another pruner's, none, or damaged", async () => {
    const state = start().saveState();
    const wrong: readonly [TokenPruner, unknown][] = [
      [witness({}, "stranger"), state],
      [witness(), start(keepAll()).saveState()],
      [keepAll(), state],
      [witness(), { ...state, pruner: null }],
      [witness(), { ...state, pruner: "witness" }],
      [witness(), { ...state, pruner: { name: "witness", memory: undefined } }],
      [keepAll(), { ...state, pruner: {} }],
      [
        witness({ restore: (saved) => (saved as { missing: { steps: number[] } }).missing.steps as never }),
        state,
      ],
    ];
    for (const [pruner, given] of wrong) {
      const episode = start(pruner);
      const before = episode.saveState();
      assert.throws(() => episode.restoreState(given as EpisodeState), hasCode("state-invalid"));
      assert.deepEqual(episode.saveState(), before, "a refused state leaves the memory as it was");
    }
  });

  it("is refused on saving where it is no JSON, and the pruner does not make any of it", async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const holes: unknown[] = [];
    holes[1] = 1;
    const unfit = [
      new Map(),
      new Float32Array(2),
      Number.NaN,
      undefined,
      () => 0,
      { deep: [1n] },
      circle,
      holes,
    ];
    for (const value of [...unfit, { step: undefined }, new Date(0), [Number.POSITIVE_INFINITY]]) {
      const pruner: TokenPruner = { ...keepAll(), memory: { start: () => value, observe: () => value } };
      assert.throws(() => start(pruner).saveState(), hasCode("state-invalid"));
      await start(pruner).act(observe(0)); // in memory, it may be anything
    }
    const shared = { same: 1 };
    const twice: TokenPruner = {
      ...keepAll(),
      memory: { start: () => [shared, shared], observe: () => null },
    };
    assert.deepEqual(start(twice).saveState().pruner?.memory, [{ same: 1 }, { same: 1 }]);
  });

  it("is the restored one after a step that was under way", async () => {
    let restore: (() => void) | undefined;
    const pruner: TokenPruner<Calls> = {
      ...witness(),
      select(context) {
        restore?.();
        restore = undefined;
        return witness().select(context);
      },
    };
    const episode = start(pruner);
    await play(episode, observations.slice(0, 2));
    const state = { ...episode.saveState(), pruner: { name: "witness", memory: { steps: [7] } } };
    restore = () => episode.restoreState(state);
    const waiting = [episode.act(observe(2)), episode.act(observe(3))];
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ reason }) => reason),
      ["0,1", "7"],
    );
  });
});
