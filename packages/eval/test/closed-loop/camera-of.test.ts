import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { runEpisode } from "../../src/index.ts";
import type { ClosedLoopOptions } from "../../src/index.ts";
import { camerasOf } from "../../src/closed-loop/camera-of.ts";
import { FakeSimulator, TASK } from "../support/fake-simulator.ts";

/** The simulator's camera of each view. */
function cameras(names: readonly string[], chosen?: Readonly<Record<string, string>>): unknown {
  return Object.fromEntries(
    camerasOf(
      names.map((name) => ({ name, start: 0, count: 4 })),
      chosen,
    ),
  );
}

describe("the simulator's camera of a view", () => {
  it("is the one of its name, else goes by order, unless another is chosen", () => {
    assert.deepEqual(cameras(["wrist_image", "image"]), { wrist_image: "wrist_image", image: "image" });
    assert.deepEqual(cameras(["base", "hand"]), { base: "image", hand: "wrist_image" });
    assert.deepEqual(cameras(["image"], { image: "wrist_image" }), { image: "wrist_image" });
    const three = { base: "image", left: "wrist_image", right: "wrist_image" };
    assert.deepEqual(cameras(Object.keys(three), three), three);
  });

  it("is refused where a view or a camera is not there, or views are left over", () => {
    assert.throws(() => cameras(["image"], { top: "image" }), hasCode("invalid-option"));
    assert.throws(() => cameras(["image"], { image: "top" }), hasCode("invalid-option"));
    assert.throws(() => cameras(["base", "left", "right"], { base: "image" }), hasCode("adapter-mismatch"));
  });

  it("feeds all views that ask for it, and a misspelt option feeds none", async () => {
    const adapter = new FakeAdapter({ views: ["base", "hand"] });
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const options: ClosedLoopOptions = { task: TASK, seed: 1, horizon: 1 };
    const both = { base: "wrist_image", hand: "wrist_image" };
    const played = await runEpisode(policy, new FakeSimulator(), { ...options, cameras: both });
    assert.equal(played.calls, 1);
    const misspelt = { ...options, camera: both };
    await assert.rejects(runEpisode(policy, new FakeSimulator(), misspelt), hasCode("invalid-option"));
  });
});
