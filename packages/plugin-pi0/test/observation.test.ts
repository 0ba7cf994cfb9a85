import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { CameraFrame, Observation, Policy } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { pi0 } from "../src/index.ts";
import type { Pi0Options } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode, withoutNoise } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";

const FRAME: CameraFrame = { data: new Uint8Array(20 * 10 * 3).fill(90), width: 20, height: 10, channels: 3 };
const INPUT_IDS = [2, 5, 9, 108];
const STATE = [0.1, 0.2];

describe("observations that fit", () => {
  it("takes LIBERO's and ALOHA's camera names, in any order, and leaves absent cameras out", async () => {
    const policy = await policyOf();
    const views = async (...cameras: string[]): Promise<string[]> => {
      const images = Object.fromEntries(cameras.map((camera) => [camera, FRAME]));
      const result = await policy.act({ images, inputIds: INPUT_IDS, state: STATE });
      return result.views.map(({ name, start }) => `${name} ${start}`);
    };
    assert.deepEqual(await views("wrist_image", "image"), ["base_0_rgb 0", "left_wrist_0_rgb 256"]);
    assert.deepEqual(await views("cam_right_wrist", "cam_high"), ["base_0_rgb 0", "right_wrist_0_rgb 256"]);
    assert.deepEqual(await views("right_wrist_0_rgb"), ["right_wrist_0_rgb 0"]);
  });

  it("takes a robot's own camera names by an option", async () => {
    const policy = await policyOf({ cameras: { top: "base_0_rgb" } });
    const { views } = await policy.act({ images: { top: FRAME }, inputIds: INPUT_IDS, state: STATE });
    assert.deepEqual(views, [{ name: "base_0_rgb", start: 0, count: 256 }]);
  });

  it("does not look into the slot of an absent camera", async () => {
    const policy = await policyOf();
    const [, , , , step] = fixtureEpisode(PI0, "episode");
    const imageMasks = [true, false, true];
    const data = step?.pixelValues.data.slice() ?? new Float32Array();
    data.fill(Number.NaN, data.length / 3, (2 * data.length) / 3);
    const blind = await policy.act({ ...step, imageMasks, pixelValues: { data } });
    const plain = await policy.act({ ...step, imageMasks });
    assert.deepEqual(blind.actions, plain.actions);
  });

  it("draws the noise from the seed and from what is seen", async () => {
    const [first, second] = fixtureEpisode(PI0, "episode").map(withoutNoise);
    assert.deepEqual(await chunkOf(1, first), await chunkOf(1, first));
    assert.notDeepEqual(await chunkOf(1, first), await chunkOf(2, first));
    assert.notDeepEqual(await chunkOf(1, first), await chunkOf(1, { ...second, state: first?.state ?? [] }));
  });

  it("needs no state for π0.5 where the prompt is given as ids", async () => {
    const adapter = pi0({ steps: 1 }).createAdapter(await fixtureModel(PI05));
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const { actions: chunk } = await policy.act({ images: { image: FRAME }, inputIds: INPUT_IDS });
    assert.equal(chunk.length, 10);
  });

  it("averages the attention of the chosen Euler steps", async () => {
    const [observation = {}] = fixtureEpisode(PI0, "episode");
    const attention = async (attentionSteps: number[]): Promise<Float32Array> => {
      const adapter = pi0({ steps: 2, attentionSteps }).createAdapter(await fixtureModel(PI0));
      return (await createPolicy({ adapter, pruner: keepAll() }).act(observation)).actionAttention;
    };
    const [first, second, both] = [await attention([0]), await attention([1]), await attention([0, 1])];
    assert.notDeepEqual(first, second);
    assert.ok(
      both.every((value, index) => Math.abs(value - ((first[index] ?? 0) + (second[index] ?? 0)) / 2) < 1e-7),
    );
  });
});

describe("observations that do not fit", () => {
  const fine = fixtureEpisode(PI0, "episode")[0] as Observation;
  const { pixelValues: _, ...rest } = fine;
  const pixels = (size: number, dims?: number[]): Observation => ({
    ...fine,
    pixelValues: { data: new Float32Array(size), ...(dims && { dims }) },
  });
  const side = 3 * 224 * 224;
  const CASES: Readonly<Record<string, Observation>> = {
    "no camera": rest,
    "an unknown camera": { ...rest, images: { image: FRAME, ceiling: FRAME } },
    "one camera under two names": { ...rest, images: { image: FRAME, cam_high: FRAME } },
    "two views in place of three": pixels(2 * side, [2, 3, 224, 224]),
    "pixels of another length": pixels(3 * side - 1),
    "masks of another length": { ...fine, imageMasks: [true, true] },
    "all cameras absent": { ...fine, imageMasks: [false, false, false] },
    "NaN in the pixels": { ...fine, pixelValues: { data: new Float32Array(3 * side).fill(Number.NaN) } },
    "no state": { ...fine, state: undefined as unknown as number[] },
    "an empty state": { ...fine, state: [] },
    "a state that is too long": { ...fine, state: Array.from({ length: 33 }, () => 0) },
    "NaN in the state": { ...fine, state: [0, Number.NaN] },
    "noise of another length": { ...fine, noise: new Float32Array(10 * 31) },
    "infinity in the noise": { ...fine, noise: new Float32Array(320).fill(Number.POSITIVE_INFINITY) },
    "no prompt": { ...fine, inputIds: undefined as unknown as number[] },
    "an empty prompt": { ...fine, inputIds: [] },
    "a token outside the vocabulary": { ...fine, inputIds: [2, 512] },
    "a prompt longer than the position table": { ...fine, inputIds: Array.from({ length: 2000 }, () => 3) },
  };
  for (const [name, observation] of Object.entries(CASES)) {
    it(name, async () => {
      const policy = await policyOf();
      await assert.rejects(policy.act(observation), hasCode("observation-invalid"));
    });
  }

  it("a state that is longer or shorter than its statistics", async () => {
    const adapter = pi0().createAdapter(await fixtureModel(PI0, { statistics: true }));
    const policy = createPolicy({ adapter, pruner: keepAll() });
    for (const length of [9, 7, 2]) {
      const state = Array.from({ length }, () => 0);
      await assert.rejects(policy.act({ ...fine, state }), hasCode("observation-invalid"), String(length));
    }
  });

  it("an instruction without a tokenizer", async () => {
    const { inputIds: _ids, ...wordless } = fine;
    const policy = await policyOf();
    await assert.rejects(policy.act({ ...wordless, instruction: "fold it" }), hasCode("tokenizer-missing"));
    for (const instruction of [" ", "Task: wave, State: 1 2;\nAction: "])
      await assert.rejects(policy.act({ ...wordless, instruction }), hasCode("observation-invalid"));
  });
});

describe("options that do not fit", () => {
  for (const options of [
    { steps: 0 },
    { steps: 1.5 },
    { attentionSteps: [] },
    { attentionSteps: [10] },
    { steps: 2, attentionSteps: [2] },
    { attentionStep: [0] },
  ]) {
    it(JSON.stringify(options), async () => {
      const model = await fixtureModel(PI0);
      assert.throws(() => pi0(options).createAdapter(model), hasCode("invalid-option"));
    });
  }
});

async function chunkOf(seed: number, observation: Observation = {}): Promise<unknown> {
  return (await (await policyOf({ seed })).act(observation)).actions;
}

async function policyOf(options: Pi0Options = {}): Promise<Policy> {
  const adapter = pi0({ steps: 1, ...options }).createAdapter(await fixtureModel(PI0));
  return createPolicy({ adapter, pruner: keepAll() });
}
