import assert from "node:assert/strict";
import type { EpisodeOptions } from "../src/environment/types.ts";
import { pictures, repeat, standing, start, STILL_OPEN, taskOf } from "./support/scene.ts";

describe("disturbances", () => {
  const task = taskOf(
    [standing("cube", "cube", 0.1, 0.1), standing("pad", "pad", 0, -0.1)],
    [{ kind: "on", object: "cube", target: "pad" }],
    30,
  );
  const seenWith = async (disturbances: EpisodeOptions["disturbances"]): Promise<Uint8Array[]> => {
    const tabletop = await start(task, disturbances === undefined ? {} : { disturbances });
    repeat(tabletop, STILL_OPEN, 12);
    const seen = pictures(tabletop);
    tabletop.dispose();
    return seen;
  };

  it("change the agent's picture, each the same again, and the wrist's only where it looks at what changed", async () => {
    const [plain, wrist] = await seenWith(undefined);
    for (const disturbances of [{ shake: 0.02 }, { pan: 0.01 }, { occluder: true }]) {
      const [image, hand] = await seenWith(disturbances);
      assert.notDeepEqual(image, plain, JSON.stringify(disturbances));
      assert.deepEqual(hand, wrist, JSON.stringify(disturbances));
      assert.deepEqual((await seenWith(disturbances))[0], image);
    }
    const [lit, hand] = await seenWith({ lighting: 0.8 });
    assert.notDeepEqual(lit, plain);
    assert.notDeepEqual(hand, wrist);
  });

  it("show the occluder in the middle third only", async () => {
    const tabletop = await start(task, { disturbances: { occluder: true } });
    const plain = await start(task);
    for (let step = 0; step < 30; step += 1) {
      const same = Buffer.compare(
        pictures(tabletop)[0] ?? assert.fail(),
        pictures(plain)[0] ?? assert.fail(),
      );
      // It hangs from the first step of the middle third on: seen in the picture after it.
      assert.equal(same !== 0, step > 10 && step <= 20, `step ${String(step)}`);
      tabletop.step(STILL_OPEN);
      plain.step(STILL_OPEN);
    }
    tabletop.dispose();
    plain.dispose();
  });

  it("move the first goal's target as fast as asked", async () => {
    const tabletop = await start(task, { disturbances: { movingTarget: 0.003 } });
    const before = tabletop.state().objects["pad"]?.position ?? assert.fail();
    repeat(tabletop, STILL_OPEN, 10);
    const after = tabletop.state().objects["pad"]?.position ?? assert.fail();
    assert.ok(Math.abs(Math.hypot(after[0] - before[0], after[1] - before[1]) - 0.03) < 1e-6);
    tabletop.dispose();
  });
});
