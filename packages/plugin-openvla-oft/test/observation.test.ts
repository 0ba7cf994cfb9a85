import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { CameraFrame, Observation, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import { framesInOrder } from "../src/views.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";

const frame = (shade: number): CameraFrame => ({
  data: new Uint8Array(12).fill(shade),
  width: 2,
  height: 2,
  channels: 3,
});

describe("openvla-oft observation", () => {
  const [step] = fixtureEpisode(LIBERO, 0) as [NumericStep];
  const { inputIds, state } = step;
  const { data } = step.pixelValues;
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO);
  });

  after(() => model.dispose());

  const act = async (observation: Observation) =>
    createPolicy({ adapter: openvlaOft().createAdapter(model), pruner: keepAll() }).act(observation);

  it("may be given as pixels, views in one axis or two, or not said", async () => {
    const chunks = [];
    for (const dims of [[2, 6, 112, 112], [1, 12, 112, 112], undefined]) {
      chunks.push((await act({ ...step, pixelValues: { data, ...(dims && { dims }) } })).actions);
    }
    assert.deepEqual(chunks[1], chunks[0]);
    assert.deepEqual(chunks[2], chunks[0]);
  });

  it("may be given as camera frames, in any order", async () => {
    const images = { image: frame(10), wrist_image: frame(200) };
    const swapped = { wrist_image: images.wrist_image, full_image: images.image };
    const [ours, theirs] = [
      await act({ images, inputIds, state }),
      await act({ images: swapped, inputIds, state }),
    ];
    assert.deepEqual(ours.actions, theirs.actions);
    assert.equal(ours.actions.length, 8);
    assert.equal(ours.actions[0]?.length, 7);
    assert.equal(ours.tokens, null);
  });

  it("ends prompts with the empty token that config.json names", async () => {
    const { sessions, config } = model;
    const vla = { ...model.vla, empty_token_id: 703 };
    const adapter = openvlaOft().createAdapter({
      sessions,
      config,
      vla,
      tokenizer: { encode: () => [1, 5] },
    });
    const prompt = await adapter.prepare(
      { pixelValues: { data }, state, instruction: "wave" },
      { episode: "one" },
    );
    assert.deepEqual((prompt as { ids: number[] }).ids, [1, 5, 703]);
  });

  const wrong: readonly [string, Partial<Observation>][] = [
    [
      "one view where there are two",
      { pixelValues: { data: data.subarray(0, data.length / 2), dims: [1, 6, 112, 112] } },
    ],
    [
      "three views where there are two",
      { pixelValues: { data: new Float32Array(data.length * 1.5), dims: [3, 6, 112, 112] } },
    ],
    [
      "a NaN among the pixels",
      { pixelValues: { data: data.map((value, index) => (index === 9 ? Number.NaN : value)) } },
    ],
    ["a camera that is masked", { imageMasks: [true, false] }],
    ["a state that is too short", { state: state.slice(1) }],
    ["a state that is too long", { state: [...state, 0] }],
    ["a NaN in the state", { state: state.map((value, index) => (index === 3 ? Number.NaN : value)) }],
    ["infinity in the state", { state: state.map(() => Number.POSITIVE_INFINITY) }],
    ["ids beyond the vocabulary", { inputIds: [1, 40_000] }],
    ["ids beyond the position table", { inputIds: Array.from({ length: 900 }, () => 1) }],
  ];
  for (const [what, edit] of wrong) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(act({ ...step, ...edit }), hasCode("observation-invalid"));
    });
  }

  it("is refused without state, without pictures, and without words", async () => {
    const { pixelValues } = step;
    await assert.rejects(act({ pixelValues, inputIds }), hasCode("observation-invalid"));
    await assert.rejects(act({ inputIds, state }), hasCode("observation-invalid"));
    await assert.rejects(act({ pixelValues, state }), hasCode("observation-invalid"));
    await assert.rejects(act({ pixelValues, state, instruction: "wave" }), hasCode("tokenizer-missing"));
  });
});

describe("openvla-oft cameras", () => {
  const [first, left, right] = [frame(1), frame(2), frame(3)];

  it("are the main one, then the wrists as given", () => {
    assert.deepEqual(framesInOrder({ left_wrist: left, right_wrist: right, image: first }, 3), [
      first,
      left,
      right,
    ]);
    assert.deepEqual(framesInOrder({ full_image: first, wrist_image: left }, 2), [first, left]);
    assert.deepEqual(framesInOrder({ front: first }, 1), [first]);
  });

  it("go by their names before their order: ALOHA's, and left before right", () => {
    for (const images of [
      { right_wrist: right, left_wrist: left, image: first },
      { cam_right_wrist: right, cam_high: first, cam_left_wrist: left },
      { base: first, my_wrist_right: right, my_wrist_left: left },
      { image: first, right_wrist_image: right, left_wrist_image: left },
    ])
      assert.deepEqual(framesInOrder(images, 3), [first, left, right]);
    assert.throws(() => framesInOrder({ hand: first }, 1), hasCode("observation-invalid"));
  });

  it("are refused in another number, or under unknown names", () => {
    for (const [images, views] of [
      [{ image: first }, 2],
      [{ image: first, wrist: left }, 1],
      [{ image: first, side: left }, 2],
      [{ wrist: left, other_wrist: right }, 2],
      [{ image: first, full_image: left }, 2],
      [{}, 1],
    ] as const) {
      assert.throws(() => framesInOrder(images, views), hasCode("observation-invalid"));
    }
  });
});
