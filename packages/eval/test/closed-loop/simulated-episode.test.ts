import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createSimulator, SUITES, testSeed } from "@vla-pruner/sim";
import { evaluatedPruner, runEpisode } from "../../src/index.ts";

describe("an episode in the simulator", () => {
  it("knows which of 256 tokens a view show the object, and the oracle keeps them all", async () => {
    const adapter = new FakeAdapter({
      views: ["image", "wrist_image"],
      visionTokensPerView: 256,
      horizon: 4,
    });
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const simulator = await createSimulator();
    const [task] = SUITES.goal;
    assert.ok(task !== undefined);
    const kept = async (name: string): Promise<number | null> => {
      const informed = await evaluatedPruner(name, policy, { retention: 0.125 }, "semantic");
      const outcome = await runEpisode(policy, simulator, {
        task,
        seed: testSeed(0),
        horizon: 4,
        ...informed,
      });
      assert.deepEqual([outcome.steps, outcome.calls, outcome.suite], [4, 2, "goal"]);
      return outcome.objectKept;
    };
    assert.equal(await kept("oracle"), 1);
    const random = await kept("random");
    assert.ok(random !== null && random < 1, String(random));
  });
});
