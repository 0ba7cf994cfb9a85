import assert from "node:assert/strict";
import type { DecoderCost } from "../../cost-model.ts";
import type { Observation } from "../../observation.ts";
import type { ActResult, VlaAdapter } from "../../vla-adapter.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { assertNear } from "./assert-near.ts";
import { assertShares } from "./assert-shares.ts";
import { mustBeCancelled } from "./must-be-cancelled.ts";
import { actOn, everyNth, runHead, runStages } from "./run-stages.ts";
import { spoiledDraft } from "./spoiled-draft.ts";

/** Rows that go through a model together are rounded otherwise than one after the other. */
const DRAFT_TOLERANCE = 1e-3;

/** What an adapter promises of a call: this call's own attention, and that it can be cancelled. */
export const callChecks: Readonly<Record<string, AdapterCheck>> = {
  async "prefillHead: this call's action attention is there where the layout promises it, and only there"(
    subject,
  ) {
    const adapter = await subject.createAdapter();
    const promised = adapter.layout.currentAction === true;
    for (const observation of subject.observations) {
      const { head, tokens } = await runStages(adapter, observation);
      assert.equal(head.currentAction !== undefined, promised, `layout.currentAction is ${promised}`);
      if (head.currentAction !== undefined) assertShares(head.currentAction, tokens, "currentAction");
    }
  },

  async "act: looks at the signal between its runs, and ends with cancelled"(subject) {
    const adapter = await subject.createAdapter();
    const [observation] = subject.observations;
    const runs = adapter.layout.actRuns ?? runsOf(adapter.layout.cost);
    if (observation === undefined || runs === 1) return;
    const watched = watchedSignal(Number.POSITIVE_INFINITY);
    await actWith(adapter, observation, watched.signal);
    assert.ok(watched.looks() >= runs - 1, `${runs} runs, ${watched.looks()} looks at signal.aborted`);
    const { signal } = watchedSignal(watched.looks());
    await assert.rejects(actWith(adapter, observation, signal), mustBeCancelled);
  },

  async "act: a draft changes nothing, however much of it is right"(subject) {
    const adapter = await subject.createAdapter();
    const [observation] = subject.observations;
    const { draftTokens } = adapter.layout;
    if (observation === undefined || draftTokens === undefined) return;
    const alone = await actWith(adapter, observation);
    const { tokens, actions } = adapter.toAction(alone.raw);
    assert.ok(
      tokens !== null && tokens.length === draftTokens,
      `${draftTokens} tokens, as layout.draftTokens says`,
    );
    for (let right = 0; right <= draftTokens; right += 1) {
      const drafted = await actWith(adapter, observation, undefined, spoiledDraft(tokens, right));
      const chunk = adapter.toAction(drafted.raw);
      assert.deepEqual(chunk.tokens, tokens, `tokens, where ${right} of the draft are right`);
      assert.deepEqual(chunk.actions, actions);
      for (const [index, { layer, values }] of alone.actionAttention.entries()) {
        const what = `action attention of layer ${layer}, where ${right} of the draft are right`;
        assertNear(drafted.actionAttention[index]?.values ?? [], values, DRAFT_TOLERANCE, what);
      }
    }
  },
};

/** Runs of the model in `act`, as the cost model counts them: tokens, denoising steps, Euler steps. */
function runsOf({ decodeSteps, passes = 1, expert }: DecoderCost): number {
  return Math.max(decodeSteps + 1, passes, expert?.steps ?? 1);
}

async function actWith(
  adapter: VlaAdapter,
  observation: Observation,
  signal?: AbortSignal,
  draft?: readonly number[],
): Promise<ActResult> {
  const call = { episode: "contract", signal, ...(draft && { draft }) };
  const run = await runHead(adapter, observation, call);
  return actOn(adapter, run, everyNth(2)(run.tokens), call);
}

/** A signal that is aborted at the n-th look at it. */
function watchedSignal(abortAt: number): { readonly signal: AbortSignal; readonly looks: () => number } {
  const controller = new AbortController();
  let looks = 0;
  const signal = new Proxy(controller.signal, {
    get(target, key) {
      if (key === "aborted" || key === "throwIfAborted") {
        looks += 1;
        if (looks === abortAt) controller.abort(new Error("enough"));
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { signal, looks: () => looks };
}
