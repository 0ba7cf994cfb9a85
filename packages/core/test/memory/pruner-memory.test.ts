import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, vlaPruner } from "../../src/index.ts";
import type { CompletedCall, LocalEpisode, TokenPruner } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { play } from "../support/play.ts";
import { noting, witness } from "../support/witness-pruner.ts";
import type { Calls } from "../support/witness-pruner.ts";

const observations = [0, 1, 2, 3].map((index) => observe(index));

function start(pruner: TokenPruner = witness(), adapter = new FakeAdapter()): LocalEpisode {
  return createPolicy({ adapter, pruner }).startEpisode();
}

const reasons = async (episode: LocalEpisode): Promise<string[]> =>
  (await play(episode, observations)).map(({ reason }) => reason);

describe("a pruner's own memory", () => {
  it("is made for each episode, and takes in each completed call once", async () => {
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: witness() });
    const episodes = [policy.startEpisode(), policy.startEpisode()] as const;
    const [one, other] = await Promise.all(episodes.map(reasons));
    assert.deepEqual(one, ["", "0", "0,1", "0,1,2"]);
    assert.deepEqual(other, one);
  });

  it("is told what the pruner saw and decided, and what was recorded", async () => {
    const calls: CompletedCall<Calls>[] = [];
    const observer = witness({
      observe(memory, call) {
        calls.push(call);
        return noting.observe(memory, call);
      },
    });
    const [step] = await play(start(observer), observations.slice(0, 1));
    const [{ context, decision, actionAttention }] = calls as [CompletedCall<Calls>];
    assert.deepEqual(context.observation, observations[0]);
    assert.deepEqual(context.memory, { steps: [] });
    assert.deepEqual([decision.keep, decision.reason], [step?.keep, ""]);
    assert.deepEqual(actionAttention, step?.actionAttention);
    assert.equal(calls.length, 1);
  });

  it("is as it was after a step that failed, wherever it did, or was cancelled", async () => {
    const adapter = new FakeAdapter();
    const episode = start(witness(), adapter);
    await episode.act(observe(0));
    for (const stage of ["prepare", "encodeVision", "prefillHead", "act", "toAction", "release"] as const) {
      adapter.faults.throwAt = stage;
      await assert.rejects(episode.act(observe(1)), /injected/);
    }
    adapter.faults.throwAt = undefined;
    await assert.rejects(episode.act(observe(1), { signal: AbortSignal.abort() }), hasCode("cancelled"));
    const forgetful = witness({
      observe() {
        throw new Error("forgot");
      },
    });
    await assert.rejects(start(forgetful).act(observe(1)), /forgot/);
    assert.equal((await episode.act(observe(1))).reason, "0");
  });

  it("begins anew on reset", async () => {
    const episode = start();
    await reasons(episode);
    await episode.reset();
    assert.deepEqual(await reasons(episode), ["", "0", "0,1", "0,1,2"]);
  });

  it("stands beside the forecast, and changes nothing of it", async () => {
    const plain = vlaPruner({ retention: 0.25, window: 2 });
    const remembering: TokenPruner = { ...plain, memory: noting };
    const [one, other] = [
      await play(start(plain), observations),
      await play(start(remembering), observations),
    ];
    assert.deepEqual(
      other.map(({ keep, forecast }) => [keep, forecast]),
      one.map(({ keep, forecast }) => [keep, forecast]),
    );
  });
});
