import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { PruneContext, StageMiddleware, StageName, TokenPruner } from "@vla-pruner/core";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { evaluatedPruner, runEpisode } from "../../src/index.ts";
import type { Warmup } from "../../src/index.ts";
import { FakeSimulator, TASK } from "../support/fake-simulator.ts";

/** What the adapter knows of the very call: all action attention on the last tokens. */
const MAP = Float32Array.from({ length: 16 }, (_, token) => (token < 12 ? 0 : token));

/** An adapter that puts its map in place of every forecast. */
class InformingAdapter extends FakeAdapter {
  readonly contexts: PruneContext[] = [];

  currentAction(pruner: TokenPruner): StageMiddleware {
    return {
      select: async ({ context }, next) => {
        this.contexts.push(context);
        return context.forecast === null ? next() : pruner.select({ ...context, forecast: MAP });
      },
    };
  }
}

describe("VLA-Pruner with the current action", () => {
  const options = { task: TASK, seed: 1, horizon: 6 };

  for (const warmup of ["semantic", "dense"] as const satisfies readonly Warmup[]) {
    it(`selects by what the adapter says once there is a forecast, after ${warmup} warm-up`, async () => {
      const adapter = new InformingAdapter();
      const kept: number[][] = [];
      const reached: StageName[] = [];
      const own: StageMiddleware = { every: (stage, next) => (reached.push(stage), next()) };
      const policy = createPolicy({ adapter, pruner: keepAll(), middleware: [own] });
      const informed = evaluatedPruner("current-action", policy, { retention: 0.25 }, warmup);
      await runEpisode(policy, new FakeSimulator(), {
        ...options,
        ...informed,
        onCall: ({ result }) => kept.push([...result.keep]),
      });
      const plain = vlaPruner({ retention: 0.25, warmup });
      const forecasts = adapter.contexts.map(({ forecast }) => forecast !== null);
      assert.deepEqual(forecasts, [false, false, false, true, true, true]);
      assert.deepEqual(
        kept,
        adapter.contexts.map((context) => {
          const forecast = context.forecast === null ? null : MAP;
          return [...plain.select({ ...context, forecast }).keep];
        }),
      );
      assert.notDeepEqual(kept.at(-1), [...plain.select(adapter.contexts.at(-1) ?? assert.fail()).keep]);
      assert.equal(reached.filter((stage) => stage === "select").length, 6, "the policy's middleware stays");
      assert.equal(informed.pruner.name, "current-action");
    });
  }

  it("leaves the other episodes of the policy alone", async () => {
    const adapter = new InformingAdapter();
    const policy = createPolicy({ adapter, pruner: keepAll() });
    evaluatedPruner("current-action", policy, { retention: 0.25 }, "semantic");
    const plain = evaluatedPruner("vla-pruner", policy, { retention: 0.25 }, "semantic");
    await runEpisode(policy, new FakeSimulator(), { ...options, ...plain });
    assert.equal(adapter.contexts.length, 0);
  });

  it("is refused where the adapter does not offer it", () => {
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });
    assert.throws(
      () => evaluatedPruner("current-action", policy, { retention: 0.25 }, "semantic"),
      (error) => hasCode("invalid-option")(error) && /below the cut.*found fake;/u.test(String(error)),
    );
  });
});
