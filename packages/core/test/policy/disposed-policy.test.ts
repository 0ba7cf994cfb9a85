import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll } from "../../src/index.ts";
import type { Policy, StageMiddleware } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

/** A policy whose steps stop before `act` until they are let go; `log` says in which order things happen. */
function held(): { policy: Policy; log: string[]; letGo: () => void } {
  const log: string[] = [];
  let release: (() => void) | undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  const hold: StageMiddleware = {
    act: async (_, next) => {
      await open;
      return next();
    },
  };
  const policy = createPolicy({
    adapter: new FakeAdapter(),
    pruner: keepAll(),
    middleware: [hold],
    dispose: () => void log.push("freed"),
  });
  policy.events.on("action-available", () => log.push("acted"));
  return { policy, log, letGo: () => release?.() };
}

describe("a policy that is disposed", () => {
  it("first finishes the steps of all its episodes", async () => {
    const { policy, log, letGo } = held();
    const steps = [policy.act(observe(0)), policy.act(observe(1)), policy.startEpisode().act(observe(2))];
    const disposed = policy.dispose();
    letGo();
    await Promise.all([...steps, disposed]);
    assert.deepEqual(log, ["acted", "acted", "acted", "freed"]);
  });

  it("is disposed all the same when a step fails meanwhile", async () => {
    const { policy, log, letGo } = held();
    const controller = new AbortController();
    const step = policy.act(observe(0), { signal: controller.signal });
    const disposed = policy.dispose();
    controller.abort();
    letGo();
    await assert.rejects(step, hasCode("cancelled"));
    await disposed;
    assert.deepEqual(log, ["freed"]);
  });

  it("refuses steps of episodes that were started before", async () => {
    const { policy, letGo } = held();
    const episode = policy.startEpisode();
    letGo();
    await episode.act(observe(0));
    const disposed = policy.dispose();
    await assert.rejects(episode.act(observe(1)), hasCode("disposed"));
    await disposed;
    await assert.rejects(episode.act(observe(1)), hasCode("disposed"));
    assert.equal(episode.saveState().step, 1, "its memory can still be saved");
  });
});
