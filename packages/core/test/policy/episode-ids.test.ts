import assert from "node:assert/strict";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createPolicy, keepAll, STAGE_NAMES } from "../../src/index.ts";
import type { EpisodeEvent, Policy, PolicyEvents, StageMiddleware, StepCall } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

/** Those of a step; a notice is up to the adapter. */
const EVENTS: Readonly<Record<Exclude<keyof PolicyEvents, "notice">, true>> = {
  "stage-end": true,
  "attention-available": true,
  "selection-available": true,
  "action-available": true,
  "episode-reset": true,
  "listener-error": true,
  warning: true,
};

/** Notes the id of every stage's input, and of every event. */
function noting(): { policy: Policy; seen: Map<string, Set<string>> } {
  const seen = new Map<string, Set<string>>();
  const note = (what: string, { episode }: EpisodeEvent): void => {
    seen.set(what, (seen.get(what) ?? new Set()).add(episode));
  };
  const around = STAGE_NAMES.map((stage): StageMiddleware => {
    return {
      [stage]: (input: StepCall, next: () => Promise<unknown>) => {
        note(stage, input);
        return next();
      },
    };
  });
  const adapter = new FakeAdapter();
  for (const method of ["prepare", "encodeVision", "prefillHead", "act"] as const) {
    const original = adapter[method].bind(adapter) as (...given: unknown[]) => unknown;
    Object.assign(adapter, {
      [method]: (...given: unknown[]) => {
        note(`adapter.${method}`, given.at(-1) as StepCall);
        return original(...given);
      },
    });
  }
  const policy = createPolicy({ adapter, pruner: keepAll(), middleware: around });
  for (const event of Object.keys(EVENTS) as (keyof PolicyEvents)[])
    policy.events.on(event, (given: EpisodeEvent) => note(event, given));
  policy.events.on("episode-reset", () => {
    throw new Error("a listener that fails");
  });
  return { policy, seen };
}

describe("an episode's id", () => {
  it("is in the input of every stage, every event and every result, and told apart from all others", async () => {
    const { policy, seen } = noting();
    const episodes = [policy, policy.startEpisode(), policy.startEpisode({ id: "left arm" })];
    const ids = episodes.map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
    assert.equal(ids[2], "left arm");
    const results = await Promise.all(episodes.map((episode) => episode.act(observe(0))));
    assert.deepEqual(
      results.map(({ episode }) => episode),
      ids,
    );
    await Promise.all(episodes.map((episode) => episode.reset()));
    const adapter = ["prepare", "encodeVision", "prefillHead", "act"].map((method) => `adapter.${method}`);
    assert.deepEqual(
      [...seen.keys()].toSorted(),
      [...STAGE_NAMES, ...Object.keys(EVENTS), ...adapter].toSorted(),
    );
    for (const [what, given] of seen) assert.deepEqual([...given].toSorted(), ids.toSorted(), what);
  });
});
