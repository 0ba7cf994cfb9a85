import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll, vlaPruner } from "../../src/index.ts";
import type { Policy } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

const modelCalls = (adapter: FakeAdapter): number => adapter.calls.filter((call) => call === "act").length;

function chunked(): { adapter: FakeAdapter; policy: Policy } {
  const adapter = new FakeAdapter({ horizon: 3 });
  return { adapter, policy: createPolicy({ adapter, pruner: keepAll() }) };
}

describe("policy", () => {
  it("selects the actions of a chunk one by one, then calls the model again", async () => {
    const { adapter, policy } = chunked();
    const chunks = [
      await chunked().policy.predictActionChunk(observe(0)),
      await chunked().policy.predictActionChunk(observe(3)),
    ];
    const selected = [];
    for (const index of [0, 1, 2, 3, 4, 5]) selected.push(await policy.selectAction(observe(index)));
    assert.deepEqual(selected, chunks.flat());
    assert.equal(modelCalls(adapter), 2);
  });

  it("drops the rest of a chunk on reset", async () => {
    const { adapter, policy } = chunked();
    await policy.selectAction(observe(0));
    await policy.reset();
    const [first] = await chunked().policy.predictActionChunk(observe(5));
    assert.deepEqual(await policy.selectAction(observe(5)), first);
    assert.equal(modelCalls(adapter), 2);
  });

  it("drops the rest of a chunk that was still under way at the reset", async () => {
    const { policy } = chunked();
    const early = policy.selectAction(observe(0));
    await Promise.all([policy.reset(), early]);
    const [first] = await chunked().policy.predictActionChunk(observe(5));
    assert.deepEqual(await policy.selectAction(observe(5)), first);
  });

  it("gives the same step under openpi's names", async () => {
    const { actions } = await chunked().policy.infer(observe(2));
    assert.deepEqual(actions, await chunked().policy.predictActionChunk(observe(2)));
  });

  it("forgets its own episode on reset, and no other", async () => {
    const policy = createPolicy({
      adapter: new FakeAdapter(),
      pruner: vlaPruner({ retention: 0.5, window: 1 }),
    });
    const other = policy.startEpisode();
    await Promise.all([policy.act(observe(0)), other.act(observe(0))]);
    await policy.reset();
    assert.equal((await policy.act(observe(1))).step, 0);
    assert.equal((await other.act(observe(1))).step, 1);
  });

  it("frees the model once, and does not act afterwards", async () => {
    let freed = 0;
    const adapter = new FakeAdapter({ horizon: 3 });
    const policy = createPolicy({ adapter, pruner: keepAll(), dispose: () => void (freed += 1) });
    await policy.selectAction(observe(0));
    const disposing = policy.dispose();
    await assert.rejects(
      policy.act(observe(0)),
      hasCode("disposed"),
      "it ends at once, not when all is freed",
    );
    await Promise.all([disposing, policy.dispose()]);
    await policy.dispose();
    assert.equal(freed, 1);
    await assert.rejects(policy.act(observe(0)), hasCode("disposed"));
    await assert.rejects(policy.infer(observe(0)), hasCode("disposed"));
    await assert.rejects(
      policy.selectAction(observe(0)),
      hasCode("disposed"),
      "what is left of a chunk is stale",
    );
    assert.throws(() => policy.startEpisode(), hasCode("disposed"));
    assert.equal(modelCalls(adapter), 1);
  });
});
