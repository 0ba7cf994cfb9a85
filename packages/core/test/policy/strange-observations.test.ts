import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll, vlaPruner } from "../../src/index.ts";
import type { ObservationInput, Policy, PolicyParts } from "../../src/index.ts";
import { frame, observe } from "../support/observations.ts";

/** An adapter of cameras `image` and `wrist` that reads no state and no noise. */
class StatelessAdapter extends FakeAdapter {
  override readonly layout = {
    ...new FakeAdapter({ views: ["image", "wrist"] }).layout,
    reads: { state: false, noise: false },
    cameraAliases: { base: "image" },
  };
}

const images = { image: frame(8), wrist: frame(9) };

function listening(parts: Partial<PolicyParts> = {}): { policy: Policy; codes: string[] } {
  const pruner = vlaPruner({ retention: 0.5 });
  const policy = createPolicy({ adapter: new FakeAdapter(), pruner, ...parts });
  const codes: string[] = [];
  policy.events.on("warning", ({ code }) => codes.push(code));
  return { policy, codes };
}

const say = (instruction: string): ObservationInput => ({ ...observe(1), instruction });

const picture = (data: number[]): ObservationInput => ({
  images: { image: { data: Uint8Array.from(data), width: 2, height: 1, channels: 3 } },
  instruction: "go",
});

describe("observations that mean something else", () => {
  const stateless = createPolicy({ adapter: new StatelessAdapter(), pruner: keepAll() });
  const wrong: Readonly<Record<string, unknown>> = {
    "nothing at all": undefined,
    null: null,
    "a word": "look",
    "a state that is not read": { images, instruction: "go", state: [1] },
    "noise that is not read": { images, instruction: "go", noise: new Float32Array(3) },
    "null in place of a part": { images, instruction: "go", state: null },
    "null in place of a camera": { images: { ...images, wrist: null }, instruction: "go" },
    "undefined in place of a camera": { images: { ...images, wrist: undefined }, instruction: "go" },
    "a frame in place of cameras": { images: frame(8), instruction: "go" },
    "a list of frames": { images: [frame(8)], instruction: "go" },
    "pictures and pixels": { images, pixelValues: { data: new Float32Array(3) }, instruction: "go" },
    "masks beside named frames": { images, imageMasks: [true, true], instruction: "go" },
  };
  for (const [what, observation] of Object.entries(wrong)) {
    it(`are refused: ${what}`, async () => {
      await assert.rejects(stateless.act(observation as ObservationInput), hasCode("observation-invalid"));
    });
  }

  it("name the camera that is missing, and take a part that is undefined for none", async () => {
    const broken = { images: { image: frame(8), wrist: undefined }, instruction: "go" };
    await assert.rejects(stateless.act(broken as unknown as ObservationInput), /camera wrist/u);
    await stateless.act({ images, instruction: "go", state: undefined } as unknown as ObservationInput);
  });

  it("take a typed array for a state", async () => {
    const [list, typed] = [listening().policy, listening().policy];
    const { actions } = await list.act({ ...observe(1), state: [0.5, 0.25] });
    const state = Float32Array.of(0.5, 0.25) as unknown as number[];
    assert.deepEqual((await typed.act({ ...observe(1), state })).actions, actions);
  });

  it("may name a camera by its alias in cameras, each view once", async () => {
    const parts = { adapter: new StatelessAdapter(), pruner: keepAll() };
    const named = { "observation.images.image": images.image, wrist: images.wrist };
    const policy = createPolicy({ ...parts, cameras: { base: "observation.images.image" } });
    const plain = await stateless.act({ images, instruction: "go" });
    assert.deepEqual((await policy.act({ images: named, instruction: "go" })).actions, plain.actions);
    assert.throws(
      () => createPolicy({ ...parts, cameras: { base: "a", image: "b" } }),
      hasCode("invalid-option"),
    );
  });
});

describe("warnings of a policy", () => {
  it("tell once that the instruction changed, again after a reset, and never where nothing is remembered", async () => {
    const { policy, codes } = listening();
    for (const words of ["a", "a", "b", "c"]) await policy.act(say(words));
    assert.deepEqual(codes, ["instruction-changed"]);
    await policy.reset();
    for (const words of ["d", "e"]) await policy.act(say(words));
    assert.equal(codes.length, 2);
    const blind = listening({ pruner: keepAll() });
    for (const words of ["a", "b"]) await blind.policy.act(say(words));
    assert.deepEqual(blind.codes, []);
  });

  it("tell of a rest without a reset", async () => {
    const { policy, codes } = listening({ episodeGap: 0.001 });
    for (const rest of [20, 20, 0]) {
      await policy.act(observe(1));
      await pause(rest);
    }
    assert.deepEqual(codes, ["episode-gap"]);
    await policy.reset();
    await policy.act(observe(1));
    assert.equal(codes.length, 1);
    assert.throws(() => listening({ episodeGap: 0 }), hasCode("invalid-option"));
  });

  it("tell of a black picture, and of floats that were taken for bytes", async () => {
    const { policy, codes } = listening();
    await policy.act(picture([0, 0, 0, 2, 0, 0]));
    assert.deepEqual(codes, []);
    await policy.act(picture([0, 1, 0, 1, 0, 0]));
    assert.deepEqual(codes, ["dark-frame image"]);
  });
});
