import assert from "node:assert/strict";
import type { DecoderCost } from "../../cost-model.ts";
import type { Observation } from "../../observation.ts";
import type { ActResult, VlaAdapter } from "../../vla-adapter.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { assertShares } from "./assert-shares.ts";
import { mustBeCancelled } from "./must-be-cancelled.ts";
import { everyNth, runHead, runStages } from "./run-stages.ts";

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
    const runs = runsOf(adapter.layout.cost);
    if (observation === undefined || runs === 1) return;
    const watched = watchedSignal(Number.POSITIVE_INFINITY);
    await actWith(adapter, observation, watched.signal);
    assert.ok(watched.looks() >= runs - 1, `${runs} runs, ${watched.looks()} looks at signal.aborted`);
    const { signal } = watchedSignal(watched.looks());
    await assert.rejects(actWith(adapter, observation, signal), mustBeCancelled);
  },
};

/** Runs of the model in `act`, as the cost model counts them: tokens, denoising steps, Euler steps. */
function runsOf({ decodeSteps, passes = 1, expert }: DecoderCost): number {
  return Math.max(decodeSteps + 1, passes, expert?.steps ?? 1);
}

async function actWith(
  adapter: VlaAdapter,
  observation: Observation,
  signal: AbortSignal,
): Promise<ActResult> {
  const { prepared, vision, head, tokens } = await runHead(adapter, observation);
  try {
    return await adapter.act(prepared, head, everyNth(2)(tokens), { episode: "contract", signal });
  } finally {
    adapter.release?.({ vision, head });
  }
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
