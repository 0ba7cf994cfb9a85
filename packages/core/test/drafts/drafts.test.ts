import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import * as fc from "fast-check";
import { DraftMemory } from "../../src/drafts/draft-memory.ts";
import { createPolicy, keepAll } from "../../src/index.ts";
import type { ActionChunk, Policy, StepCall } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

const TOKENS = 7;

/** Gives the tokens that it is told to, and notes the drafts that it is asked to verify. */
class ScriptedAdapter extends FakeAdapter {
  readonly drafts: (readonly number[] | undefined)[] = [];
  readonly script: (readonly number[])[];

  constructor(script: readonly (readonly number[])[], redrafts?: boolean) {
    super({ draftTokens: TOKENS, ...(redrafts !== undefined && { redrafts }) });
    this.script = [...script];
  }

  override async act(...given: Parameters<FakeAdapter["act"]>): ReturnType<FakeAdapter["act"]> {
    this.drafts.push((given[3] as StepCall).draft);
    const acted = await super.act(...given);
    return { ...acted, raw: { ...acted.raw, tokens: this.script.shift() ?? [] } satisfies ActionChunk };
  }

  toDraft(action: readonly number[]): readonly number[] {
    return action.map((value) => Math.round(value * 10));
  }
}

const A = [1, 2, 3, 4, 5, 6, 7];
const TURN = [1, 2, 9, 4, 5, 6, 7];
const OTHER = [9, 9, 9, 9, 9, 9, 9];

function policyOf(adapter: FakeAdapter, drafts: Parameters<typeof createPolicy>[0]["drafts"] = true): Policy {
  return createPolicy({ adapter, pruner: keepAll(), drafts });
}

describe("drafts", () => {
  it("are the tokens of the call before, and results say how many were right", async () => {
    const adapter = new ScriptedAdapter([A, A, TURN]);
    const policy = policyOf(adapter);
    const steps = [await policy.act(observe(0)), await policy.act(observe(1)), await policy.act(observe(2))];
    assert.deepEqual(adapter.drafts, [undefined, A, A]);
    assert.deepEqual(
      steps.map(({ draft }) => draft && [draft.source, draft.verified, draft.accepted, draft.of]),
      [undefined, ["previous", true, 6, 6], ["previous", true, 2, 6]],
    );
  });

  it("are none unless asked for, and none after a reset", async () => {
    const silent = new ScriptedAdapter([A, A]);
    const policy = policyOf(silent, false);
    const { draft } = await policy.act(observe(0));
    await policy.act(observe(1));
    assert.deepEqual([draft, ...silent.drafts], [undefined, undefined, undefined]);
    const adapter = new ScriptedAdapter([A, A]);
    const forgetful = policyOf(adapter);
    await forgetful.act(observe(0));
    await forgetful.reset();
    await forgetful.act(observe(1));
    assert.deepEqual(adapter.drafts, [undefined, undefined]);
  });

  it("rest where they are seldom right, and come back once they would have been", async () => {
    const script = [A, OTHER, A, OTHER, A, A, A, A, A];
    const adapter = new ScriptedAdapter(script);
    const policy = policyOf(adapter, { stopBelow: 0.2, resumeAbove: 0.3 });
    const tried = [];
    for (const index of script.keys()) tried.push((await policy.act(observe(index))).draft?.verified);
    // From the second wrong one on none is tried; two right ones in a row lift the average to 0.36.
    assert.deepEqual(tried, [undefined, true, false, false, false, false, false, true, true]);
    assert.deepEqual(
      adapter.drafts.map((draft) => draft !== undefined),
      tried.map((verified) => verified === true),
    );
  });

  it("never rest where the model guesses anew what was wrong in them", async () => {
    const adapter = new ScriptedAdapter([A, OTHER, A, OTHER, A], true);
    const policy = policyOf(adapter);
    for (let index = 0; index < 5; index += 1) await policy.act(observe(index));
    assert.deepEqual(adapter.drafts, [undefined, A, OTHER, A, OTHER]);
  });

  it("of the caller's are verified in any case, as the tokens of an action", async () => {
    const adapter = new ScriptedAdapter([A, A]);
    const policy = policyOf(adapter, false);
    const draft = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9];
    const step = await policy.act(observe(0), { draft });
    assert.deepEqual(adapter.drafts, [[1, 2, 3, 4, 5, 6, 9]]);
    assert.deepEqual([step.draft?.source, step.draft?.accepted], ["given", 6]);
  });

  it("of a step that fails are not remembered", async () => {
    const adapter = new ScriptedAdapter([A, OTHER, OTHER]);
    const policy = policyOf(adapter);
    await policy.act(observe(0));
    adapter.faults.throwAt = "toAction";
    await assert.rejects(policy.act(observe(1)));
    adapter.faults.throwAt = undefined;
    await policy.act(observe(2));
    assert.deepEqual(adapter.drafts, [undefined, A, A]);
  });

  it("go along with a saved episode", async () => {
    const before = policyOf(new ScriptedAdapter([A, TURN]));
    await before.act(observe(0));
    await before.act(observe(1));
    const adapter = new ScriptedAdapter([A]);
    const after = policyOf(adapter);
    after.restoreState(structuredClone(before.saveState()));
    const step = await after.act(observe(2));
    assert.deepEqual(adapter.drafts, [TURN]);
    assert.equal(step.draft?.acceptance, 2 / 6);
    const damaged = { ...before.saveState(), draft: { tokens: "A", acceptance: 2, resting: 0 } };
    assert.throws(() => after.restoreState(damaged as never), hasCode("state-invalid"));
  });

  it("are not touched by who changes the result of a step, or a saved state", async () => {
    const adapter = new ScriptedAdapter([[...A], A]);
    const policy = policyOf(adapter);
    const { tokens } = await policy.act(observe(0));
    const saved = policy.saveState().draft?.tokens;
    for (const own of [tokens, saved] as number[][]) own.fill(9);
    await policy.act(observe(1));
    assert.deepEqual(adapter.drafts, [undefined, A]);
  });

  it("are refused where the model takes none, and with options that contradict each other", async () => {
    assert.throws(() => policyOf(new FakeAdapter()), hasCode("invalid-option"));
    assert.throws(
      () => policyOf(new ScriptedAdapter([]), { stopBelow: 0.5, resumeAbove: 0.4 }),
      hasCode("invalid-option"),
    );
    assert.throws(() => policyOf(new ScriptedAdapter([]), { stopbelow: 0.5 } as never), /stopBelow/u);
    const deaf = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });
    await assert.rejects(deaf.act(observe(0), { draft: [1] }), hasCode("invalid-option"));
  });

  it("have an average that stays between the smallest and the largest share", () => {
    const token = fc.array(fc.nat(1), { minLength: TOKENS, maxLength: TOKENS });
    fc.assert(
      fc.property(fc.array(token, { minLength: 2 }), (calls) => {
        const memory = calls.reduce(
          (before, tokens) => before.observe(tokens, { stopBelow: 0.2, resumeAbove: 0.3 }),
          new DraftMemory(),
        );
        const { acceptance } = memory;
        assert.ok(acceptance !== null && acceptance >= 0 && acceptance <= 1);
        assert.deepEqual(DraftMemory.restore(structuredClone(memory.save())).save(), memory.save());
      }),
    );
  });
});
