import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import * as fc from "fast-check";
import { createPolicy, prunerByName, PRUNERS, vlaPruner, withCurrentAction } from "../../src/index.ts";
import type { Observation, Policy, PruneContext, StageMiddleware, TokenPruner } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";
import { noting, witness } from "../support/witness-pruner.ts";

const FIRST = [observe(0), observe(1), observe(2), observe(3), observe(4)];

function ahead(
  pruner: TokenPruner = vlaPruner({ retention: 0.25 }),
  { adapter = new FakeAdapter(), middleware = [] as readonly StageMiddleware[] } = {},
): Policy {
  return createPolicy({ adapter, pruner, middleware, selectAhead: true });
}

function both(index: number): Observation {
  return observe(index, "image", "wrist");
}

describe("tokens that are chosen ahead", () => {
  it("are all of them at first, and from the call on at which the window is full those of its scores", async () => {
    const steps = await play(ahead(), FIRST);
    assert.deepEqual(
      steps.map(({ reason, keep }) => [reason, keep.length]),
      [
        ["ahead-first", 16],
        ["warm-up", 16],
        ["warm-up", 16],
        ["combined", 4],
        ["combined", 4],
      ],
    );
  });

  it("are chosen after observe, from this call's scores and the memory of the next", async () => {
    const stages: string[] = [];
    const contexts: PruneContext[] = [];
    const spy: StageMiddleware = {
      every: async (stage, next) => {
        stages.push(stage);
        return next();
      },
      async select({ context }, next) {
        contexts.push(context);
        return next();
      },
    };
    const steps = await play(ahead(undefined, { middleware: [spy] }), FIRST);
    assert.deepEqual(stages.slice(0, 7), [
      "prepare",
      "encodeVision",
      "prefillHead",
      "act",
      "observe",
      "select",
      "toAction",
    ]);
    for (const [index, context] of contexts.entries()) {
      assert.equal(context.step, index + 1);
      assert.deepEqual(context.semantic.scores, steps[index]?.semantic);
      if (steps[index + 1] !== undefined) assert.deepEqual(context.forecast, steps[index + 1]?.forecast);
    }
  });

  it("are all of them where other views are there than they were chosen from", async () => {
    const policy = ahead(vlaPruner({ retention: 0.5, window: 1 }), {
      adapter: new FakeAdapter({ views: ["image", "wrist"] }),
    });
    const steps = await play(policy, [both(0), both(1), observe(2), observe(3), both(4)]);
    assert.deepEqual(
      steps.map(({ reason, keep }) => [reason, keep.length]),
      [
        ["ahead-first", 32],
        ["combined", 16],
        ["ahead-views", 16],
        ["combined", 8],
        ["ahead-views", 32],
      ],
    );
  });

  it("let a pruner's own memory advance once a call", async () => {
    const steps = await play(ahead(witness(noting)), FIRST);
    assert.deepEqual(
      steps.map(({ reason }) => reason),
      ["ahead-first", "0", "0,1", "0,1,2", "0,1,2,3"],
    );
  });

  it("may be chosen by the action attention of the call before", async () => {
    const pruner = withCurrentAction(vlaPruner({ retention: 0.25, window: 1 }));
    const [first, second] = await play(
      ahead(pruner, { adapter: new FakeAdapter({ currentAction: true }) }),
      FIRST,
    );
    assert.deepEqual([first?.reason, second?.reason], ["ahead-first", "combined"]);
  });

  it("are not touched by who changes the result of the step that chose or used them", async () => {
    const untouched = await play(ahead(), FIRST);
    const policy = ahead();
    for (const [index, observation] of FIRST.entries()) {
      const step = await policy.act(observation);
      const expected = untouched[index];
      assert.deepEqual(outcome(step), expected && outcome(expected));
      step.keep.fill(0);
    }
  });

  it("stay as they were when the step that chooses them anew is cancelled", async () => {
    const controller = new AbortController();
    const policy = ahead(undefined, {
      middleware: [
        {
          async select({ step }, next) {
            if (step === 3) controller.abort();
            return next();
          },
        },
      ],
    });
    await play(policy, FIRST.slice(0, 3));
    const before = policy.saveState();
    assert.equal(before.ahead?.reason, "combined");
    await assert.rejects(policy.act(observe(3), { signal: controller.signal }), hasCode("cancelled"));
    assert.deepEqual(policy.saveState(), before);
  });

  it("of a state are checked, and not taken from another pruner or into a policy without the option", async () => {
    const policy = ahead();
    await play(policy, FIRST);
    const state = policy.saveState();
    assert.ok(state.ahead !== undefined);
    const { ahead: chosen, ...old } = state;
    for (const damage of [
      { keep: [] },
      { keep: [3, 2] },
      { keep: [0, 16] },
      { keep: [0.5] },
      { decision: "dense" },
      { decision: "maybe" },
      { views: [{ name: "image", start: 1, count: 16 }] },
      { views: "image" },
      { pruner: undefined },
    ])
      assert.throws(
        () => policy.restoreState({ ...state, ahead: { ...chosen, ...damage } as never }),
        hasCode("state-invalid"),
        JSON.stringify(damage),
      );
    assert.deepEqual(policy.saveState(), state, "a refused state changes nothing");
    policy.restoreState(old);
    assert.equal((await policy.act(observe(5))).reason, "ahead-first");
    const whole = ahead(vlaPruner({ retention: 1 }));
    whole.restoreState(state);
    assert.equal((await whole.act(observe(5))).keep.length, 16);
    const plain = createPolicy({ adapter: new FakeAdapter(), pruner: vlaPruner({ retention: 0.25 }) });
    plain.restoreState(state);
    await plain.act(observe(5));
    assert.equal(plain.saveState().ahead, undefined);
  });

  it("are asked for by a flag, and needed by a model that runs no other way", () => {
    const parts = { adapter: new FakeAdapter(), pruner: vlaPruner({ retention: 0.25 }) };
    assert.throws(() => createPolicy({ ...parts, selectAhead: 1 as never }), hasCode("invalid-option"));
    const { layout } = parts.adapter;
    const adapter = Object.assign(new FakeAdapter(), { layout: { ...layout, aheadOnly: true } });
    assert.throws(() => createPolicy({ ...parts, adapter }), /selectAhead/u);
  });

  it("are valid for whatever views come and go, under every pruner", async () => {
    const shown = fc.constantFrom(["image"], ["wrist"], ["image", "wrist"]);
    const names = fc.constantFrom(...Object.keys(PRUNERS));
    await fc.assert(
      fc.asyncProperty(
        fc.array(shown, { minLength: 2, maxLength: 6 }),
        names,
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        async (calls, name, retention) => {
          const policy = ahead(prunerByName(name, { retention, window: 1 }), {
            adapter: new FakeAdapter({ views: ["image", "wrist"] }),
          });
          for (const [index, views] of calls.entries()) {
            const { keep } = await policy.act(observe(index, ...views));
            const vision = 16 * views.length;
            assert.ok(
              keep.length >= 1 && keep.every((token, at) => token < vision && token > (keep[at - 1] ?? -1)),
            );
            if (index === 0 || String(calls[index - 1]) !== String(views)) assert.equal(keep.length, vision);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
