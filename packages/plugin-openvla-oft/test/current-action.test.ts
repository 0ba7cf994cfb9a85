import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner, withCurrentAction } from "@vla-pruner/core";
import type { Policy, PruneContext, TokenPruner, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { recordStages } from "./support/recorder.ts";

/** Σ γ^i over the window of 3. */
const PAST = 0.8 + 0.8 ** 2 + 0.8 ** 3;

describe("openvla-oft with the current action in the history", () => {
  const episode = fixtureEpisode(LIBERO, 0).slice(0, 5);
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO);
  });

  after(() => model.dispose());

  /** What is kept in the first step that has a forecast. */
  async function kept(policy: Policy, own?: TokenPruner): Promise<number[]> {
    const started = policy.startEpisode(own && { pruner: own });
    for (const observation of episode.slice(0, 3)) await started.act(observation);
    const { keep } = await started.act(episode[3] ?? assert.fail());
    return [...keep];
  }

  it("adds this call's placeholder attention at layer K − 1 to the forecast, once there is one", async () => {
    const inner = vlaPruner({ retention: 0.25 });
    const seen: PruneContext[] = [];
    const pruner = withCurrentAction({
      ...inner,
      select: (context) => {
        seen.push(context);
        return inner.select(context);
      },
    });
    const recorder = recordStages();
    const middleware = [recorder.middleware];
    const policy = createPolicy({ adapter: openvlaOft().createAdapter(model), pruner, middleware });
    for (const [step, observation] of episode.entries()) {
      const { forecast, decision, keep } = await policy.act(observation);
      assert.equal(decision, step < 3 ? "dense" : "pruned");
      if (forecast === null) continue;
      const current = recorder.layers().find(({ layer }) => layer === 2)?.values ?? assert.fail();
      const expected = forecast.map((value, column) => ((current[column] ?? 0) + PAST * value) / (1 + PAST));
      assertClose(seen[step]?.forecast ?? [], expected, 1e-7, `step ${step}`);
      assert.equal(keep.length, 32);
    }
    assert.equal(seen.length, episode.length);
  });

  it("keeps steps of two episodes apart", async () => {
    const pruner = withCurrentAction(vlaPruner({ retention: 0.25 }));
    const make = () => createPolicy({ adapter: openvlaOft().createAdapter(model), pruner });
    const policy = make();
    const [first, second] = [policy.startEpisode(), policy.startEpisode()];
    const others = episode.toReversed();
    const alone = make().startEpisode();
    for (const [step, observation] of episode.entries()) {
      const [ours] = await Promise.all([first.act(observation), second.act(others[step] ?? observation)]);
      const theirs = await alone.act(observation);
      assert.deepEqual(ours.keep, theirs.keep, `step ${step}`);
    }
  });

  it("leaves episodes with another pruner as they are", async () => {
    const pruner = vlaPruner({ retention: 0.25 });
    const adapter = openvlaOft().createAdapter(model);
    const plain = createPolicy({ adapter, pruner });
    const informed = createPolicy({ adapter, pruner: withCurrentAction(pruner) });
    assert.equal((await kept(informed, keepAll())).length, 128);
    const [usual, current] = [await kept(plain), await kept(informed)];
    assert.notDeepEqual(current, usual, "the test can tell them apart");
    assert.deepEqual(await kept(informed, pruner), usual);
    assert.deepEqual(await kept(plain, { ...withCurrentAction(pruner), name: "wrapper" }), current);
  });

  it("needs a tap below the cut", async () => {
    const untapped = await loadFixture(LIBERO, { tapLayers: "action" });
    const adapter = openvlaOft().createAdapter(untapped);
    const pruner = withCurrentAction(vlaPruner({ retention: 0.25 }));
    assert.throws(() => createPolicy({ adapter, pruner }), hasCode("invalid-option"));
    await untapped.dispose();
  });
});
