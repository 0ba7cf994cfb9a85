import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { attentionTap, createPolicy, fastv, keepAll } from "../../src/index.ts";
import type { LayerAttention, SemanticAttention } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

describe("attention tap", () => {
  it("hands on the attention of both levels, with the tokens it is about", async () => {
    const seen: { semantic?: SemanticAttention; layers?: readonly LayerAttention[]; keep?: Int32Array } = {};
    const tap = attentionTap({
      semantic: (semantic) => Object.assign(seen, { semantic }),
      action: (layers, keep) => Object.assign(seen, { layers, keep }),
    });
    const policy = createPolicy({
      adapter: new FakeAdapter(),
      pruner: fastv({ retention: 0.25 }),
      middleware: [tap],
    });
    const step = await policy.act(observe(1));
    assert.deepEqual(seen.semantic?.scores, step.semantic);
    assert.deepEqual(
      seen.layers?.map(({ values }) => values.length),
      [16, 16, 4, 4, 4, 4],
    );
    assert.deepEqual(seen.keep, step.keep);
  });

  for (const [level, before] of [
    ["semantic", "select"],
    ["action", "observe"],
  ] as const) {
    it(`stops a step at NaN in ${level} attention, before ${before}`, async () => {
      const adapter = new FakeAdapter();
      const policy = createPolicy({ adapter, pruner: keepAll() });
      const episode = policy.startEpisode();
      const reached: string[] = [];
      policy.events.on("stage-end", ({ stage }) => reached.push(stage));
      adapter.faults.nanIn = level;
      await assert.rejects(episode.act(observe(1)), (error) => {
        return hasCode("invalid-attention")(error) && String(error).includes(`${level} attention`);
      });
      assert.equal(reached.at(-1), level === "semantic" ? "encodeVision" : "select");
      assert.equal(episode.saveState().step, 0);
    });
  }

  it("stops a step at NaN in the similarity that the diversity filter reads", async () => {
    const policy = createPolicy({
      adapter: new FakeAdapter(),
      pruner: keepAll(),
      middleware: [
        {
          async encodeVision(_input, next) {
            const vision = await next();
            return { ...vision, similarity: vision.similarity.map(() => Number.NaN) };
          },
        },
      ],
    });
    await assert.rejects(policy.act(observe(1)), hasCode("invalid-attention"));
  });

  it("catches NaN that a middleware puts in", async () => {
    const policy = createPolicy({
      adapter: new FakeAdapter(),
      pruner: keepAll(),
      middleware: [
        {
          async act(_input, next) {
            const acted = await next();
            const [layer, ...rest] = acted.actionAttention;
            assert.ok(layer !== undefined);
            return {
              ...acted,
              actionAttention: [{ ...layer, values: layer.values.map(() => Number.NaN) }, ...rest],
            };
          },
        },
      ],
    });
    await assert.rejects(policy.act(observe(1)), hasCode("invalid-attention"));
  });
});
