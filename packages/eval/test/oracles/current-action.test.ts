import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner, withCurrentAction } from "@vla-pruner/core";
import type { PruneContext, StageMiddleware } from "@vla-pruner/core";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { evaluatedPruner, runEpisode } from "../../src/index.ts";
import type { Warmup } from "../../src/index.ts";
import { FakeSimulator, TASK } from "../support/fake-simulator.ts";

describe("VLA-Pruner with the current action", () => {
  const options = { task: TASK, seed: 1, horizon: 6 };

  for (const warmup of ["semantic", "dense"] as const satisfies readonly Warmup[]) {
    it(`selects by this call's map once there is a forecast, after ${warmup} warm-up`, async () => {
      const contexts: PruneContext[] = [];
      const kept: number[][] = [];
      const own: StageMiddleware = { select: ({ context }, next) => (contexts.push(context), next()) };
      const adapter = new FakeAdapter({ currentAction: true });
      const policy = createPolicy({ adapter, pruner: keepAll(), middleware: [own] });
      const informed = await evaluatedPruner("current-action", policy, { retention: 0.5 }, warmup);
      await runEpisode(policy, new FakeSimulator(), {
        ...options,
        ...informed,
        onCall: ({ result }) => kept.push([...result.keep]),
      });
      const forecasts = contexts.map(({ forecast }) => forecast !== null);
      assert.deepEqual(forecasts, [false, false, false, true, true, true], "the policy's middleware stays");
      const plain = vlaPruner({ retention: 0.5, warmup });
      const joined = withCurrentAction(plain);
      assert.deepEqual(
        kept,
        contexts.map((context) => [...joined.select(context).keep]),
      );
      assert.notDeepEqual(
        kept,
        contexts.map((context) => [...plain.select(context).keep]),
      );
      assert.equal(informed.pruner.name, "current-action");
    });
  }

  it("is refused where the model does not report it", async () => {
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });
    const informed = await evaluatedPruner("current-action", policy, { retention: 0.5 }, "semantic");
    await assert.rejects(
      runEpisode(policy, new FakeSimulator(), { ...options, ...informed }),
      (error) => hasCode("invalid-option")(error) && /below the cut.*found fake,/u.test(String(error)),
    );
  });
});
