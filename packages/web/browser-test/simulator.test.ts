import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSimulator, taskNamed, testSeed } from "@vla-pruner/sim";
import { call, openLaboratory } from "./support/laboratory.ts";
import { ACTIONS, TASK } from "./support/observations.ts";

describe("the simulator in a browser", () => {
  it("draws, after the same actions, the same pictures as in Node", async () => {
    const world = (await createSimulator()).start(taskNamed(TASK), { seed: testSeed(0) });
    const digests = (): string[] =>
      Object.values(world.observe().images).map(({ data }) =>
        createHash("sha256").update(data).digest("hex"),
      );
    const expected = digests();
    for (const action of ACTIONS) {
      world.step(action);
      expected.push(...digests());
    }
    world.dispose();
    const laboratory = await openLaboratory([], false);
    try {
      assert.deepEqual(await call(laboratory, "pictures", TASK, ACTIONS), expected);
      assert.ok(new Set(expected).size > ACTIONS.length, "the arm moved");
    } finally {
      await laboratory.close();
    }
  });
});
