import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import type { FakeAdapterOptions } from "@vla-pruner/core/testing";
import { createPolicy, fastv, keepAll, vlaPruner } from "../../src/index.ts";
import type { EpisodeState, LocalEpisode, TokenPruner } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";

const observations = [0, 1, 2, 3, 4].map((index) => observe(index));

function start(
  pruner: TokenPruner = vlaPruner({ retention: 0.25, window: 2 }),
  options?: FakeAdapterOptions,
): LocalEpisode {
  return createPolicy({ adapter: new FakeAdapter(options), pruner }).startEpisode();
}

describe("episode", () => {
  it("takes the stages in order and releases at the end", async () => {
    const adapter = new FakeAdapter();
    await createPolicy({ adapter, pruner: keepAll() }).act(observe(0));
    assert.deepEqual(adapter.calls, ["prepare", "encodeVision", "prefillHead", "act", "toAction", "release"]);
    assert.deepEqual(adapter.released, [{ vision: true, head: true }]);
  });

  it("runs dense until the window is full, then prunes, and counts its steps", async () => {
    const steps = await play(start(), observations.slice(0, 4));
    assert.deepEqual(
      steps.map(({ step, decision, reason, keep }) => [step, decision, reason, keep.length]),
      [
        [0, "dense", "warm-up", 16],
        [1, "dense", "warm-up", 16],
        [2, "pruned", "combined", 4],
        [3, "pruned", "combined", 4],
      ],
    );
    assert.deepEqual(
      steps.map(({ forecast }) => forecast === null),
      [true, true, false, false],
    );
  });

  it("forecasts from what it recorded: the mean over action layers, 0 for pruned tokens", async () => {
    const steps = await play(start(vlaPruner({ retention: 0.25, window: 2, decay: 0.5 })), observations);
    for (const [index, { forecast }] of steps.entries()) {
      const [older, newer] = [steps[index - 2], steps[index - 1]];
      if (older === undefined || newer === undefined) continue;
      const expected = newer.actionAttention.map((value, column) => {
        return (0.5 * value + 0.25 * (older.actionAttention[column] ?? 0)) / 0.75;
      });
      assert.deepEqual(forecast, expected);
    }
    const { keep, actionAttention } = steps[3] ?? assert.fail("no fourth step");
    assert.deepEqual(
      [...actionAttention.keys()].filter((index) => (actionAttention[index] ?? 0) > 0),
      [...keep],
    );
  });

  it("averages the pruner's action layers rather than the model's", async () => {
    const [usual] = await play(start(), [observe(1)]);
    const [chosen] = await play(start(vlaPruner({ retention: 0.25, actionLayers: [2] })), [observe(1)]);
    assert.notDeepEqual(chosen?.actionAttention, usual?.actionAttention);
  });

  it("carries only what it did not measure: layers below the cut see pruned tokens too", async () => {
    const records = await Promise.all(
      (["zero", "carry"] as const).flatMap((unseen) =>
        [[1], [1, 3], [3]].map(async (actionLayers) => {
          const pruner = vlaPruner({ retention: 0.25, window: 1, unseen, actionLayers });
          const [, pruned] = await play(start(pruner), observations);
          return pruned?.actionAttention;
        }),
      ),
    );
    assert.deepEqual(records[3], records[0], "below the cut");
    assert.deepEqual(records[4], records[1], "on both sides of it");
    assert.notDeepEqual(records[5], records[2], "above it");
  });

  it("refuses action layers that the model does not tap, before the first step", () => {
    assert.throws(() => start(vlaPruner({ retention: 0.25, actionLayers: [99] })), hasCode("invalid-option"));
  });

  it("may have a pruner of its own on the policy's model, and says which rows it reads", async () => {
    const adapter = new FakeAdapter();
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const own = await policy.startEpisode({ pruner: fastv({ retention: 0.25 }) }).act(observe(1));
    const usual = await policy.startEpisode().act(observe(1));
    assert.deepEqual([own.keep.length, own.semanticRows], [4, "last"]);
    assert.deepEqual([usual.keep.length, usual.semanticRows], [16, adapter.layout.semanticRows]);
  });

  it("does concurrent calls one after another, in call order", async () => {
    const inTurn = await play(start(), observations);
    const episode = start();
    const atOnce = await Promise.all(observations.map((observation) => episode.act(observation)));
    assert.deepEqual(atOnce.map(outcome), inTurn.map(outcome));
  });

  it("goes on after a failed call with the calls that waited behind it", async () => {
    const adapter = new FakeAdapter({ views: ["image"] });
    const episode = createPolicy({
      adapter,
      pruner: vlaPruner({ retention: 0.25, window: 1 }),
    }).startEpisode();
    const calls = [observe(0), { images: {} }, observe(1)].map((observation) => episode.act(observation));
    const settled = await Promise.allSettled(calls);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.equal(episode.saveState().step, 2);
  });

  it("forgets on reset, after the step that is under way", async () => {
    const episode = start();
    const before = await play(episode, observations.slice(0, 2));
    const last = episode.act(observe(2));
    const reset = episode.reset();
    const again = Promise.all(observations.slice(0, 2).map((observation) => episode.act(observation)));
    assert.equal((await last).step, 2);
    await reset;
    assert.deepEqual((await again).map(outcome), before.map(outcome));
  });

  it("shares no memory with another episode of its policy", async () => {
    const policy = createPolicy({
      adapter: new FakeAdapter(),
      pruner: vlaPruner({ retention: 0.25, window: 1 }),
    });
    const [one, two] = [policy.startEpisode(), policy.startEpisode()];
    await one.act(observe(0));
    assert.equal((await two.act(observe(1))).decision, "dense");
    assert.equal((await policy.act(observe(1))).decision, "dense");
    assert.equal((await one.act(observe(1))).decision, "pruned");
  });

  it("goes on from a saved state as if it had never stopped", async () => {
    const [unbroken, first, second] = [start(), start(), start()];
    const expected = (await play(unbroken, observations)).map(outcome);
    await play(first, observations.slice(0, 3));
    second.restoreState(JSON.parse(JSON.stringify(first.saveState())) as EpisodeState);
    assert.deepEqual((await play(second, observations.slice(3))).map(outcome), expected.slice(3));
  });

  it("prunes the views that are there, each by its own history", async () => {
    const views = ["image", "wrist"];
    const episode = start(vlaPruner({ retention: 0.5, window: 1 }), { views, visionTokensPerView: 8 });
    const observed = [observe(0, ...views), observe(1, "image"), observe(2, "wrist"), observe(3, ...views)];
    const steps = await play(episode, observed);
    assert.deepEqual(
      steps.map(({ views: present, keep }) => [present.map(({ name }) => name), keep.length]),
      [
        [views, 16],
        [["image"], 4],
        [["wrist"], 4],
        [views, 8],
      ],
    );
    const { forecast } = steps[3] ?? assert.fail("no fourth step");
    assert.deepEqual(forecast?.slice(0, 8), steps[1]?.actionAttention);
    assert.deepEqual(forecast?.slice(8), steps[2]?.actionAttention);
  });

  it("refuses a decision that is out of order, out of range, repeated, empty, or dense in name only", async () => {
    const wrong: readonly [number[], "dense" | "pruned"][] = [
      [[2, 1], "pruned"],
      [[1, 1], "pruned"],
      [[-1, 2], "pruned"],
      [[3, 16], "pruned"],
      [[], "pruned"],
      [[0, 1], "dense"],
    ];
    for (const [keep, decision] of wrong) {
      const pruner: TokenPruner = {
        ...fastv({ retention: 0.5 }),
        select: () => ({ keep: Int32Array.from(keep), decision, reason: "wrong" }),
      };
      await assert.rejects(
        start(pruner).act(observe(0)),
        hasCode("adapter-mismatch"),
        `${decision} ${keep.join()}`,
      );
    }
  });

  it("refuses vision whose views leave gaps or whose similarity is not square", async () => {
    const gap = [{ name: "image", start: 1, count: 16 }];
    for (const change of [{ views: gap }, { similarity: new Float32Array(16) }, { views: [] }]) {
      const adapter = new FakeAdapter();
      const encode = adapter.encodeVision.bind(adapter);
      adapter.encodeVision = async (prepared) => ({ ...(await encode(prepared)), ...change });
      const policy = createPolicy({ adapter, pruner: keepAll() });
      await assert.rejects(policy.act(observe(0)), hasCode("adapter-mismatch"), Object.keys(change).join());
    }
  });
});
