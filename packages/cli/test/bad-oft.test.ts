import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { LIBERO } from "../../plugin-openvla-oft/test/support/fixtures.ts";
import type { OftFixture } from "../../plugin-openvla-oft/test/support/fixtures.ts";
import { addComponents, writeBase, writeEpisode } from "../../plugin-openvla-oft/test/support/oft-fixture.ts";
import { actOn, withoutTimings } from "./support/act.ts";
import { changedEpisode } from "./support/changed-episode.ts";
import { makeFolder } from "./support/folder.ts";
import { writePicture } from "./support/pictures.ts";
import { fail, succeed } from "./support/run-cli.ts";

const NOISE = 8 * 7;
const VIEW = 6 * 112 * 112;
/** A base model of another width, whose components would not fit. */
const WIDER: OftFixture = {
  ...LIBERO,
  config: { ...LIBERO.config, text_config: { ...(LIBERO.config["text_config"] as object), hidden_size: 48 } },
};

async function checkpointOf(fixture: OftFixture, head = "."): Promise<string> {
  const folder = makeFolder();
  await writeBase(folder, fixture);
  await addComponents(folder, fixture, head);
  return folder;
}

async function refuse(checkpoint: string, code: ErrorCode, ...options: string[]): Promise<string> {
  return fail(code, "convert", checkpoint, "--out", join(makeFolder(), "model"), ...options);
}

describe("an OpenVLA-OFT checkpoint that does not add up is refused", () => {
  it("with components of another base model", async () => {
    const line = await refuse(await checkpointOf(WIDER), "tensor-shape");
    assert.match(line, /action_head|proprio_projector/u);
  });

  it("without the proprio projector that config.json asks for", async () => {
    const checkpoint = await checkpointOf(LIBERO);
    await rm(join(checkpoint, "proprio_projector--100_checkpoint.pt"));
    await writeFile(join(checkpoint, "config.json"), JSON.stringify({ ...LIBERO.config, use_proprio: true }));
    assert.match(await refuse(checkpoint, "checkpoint-missing"), /proprio_projector--\*/u);
  });

  it("without the projector of noisy actions of a diffusion head", async () => {
    const checkpoint = await checkpointOf(LIBERO, "diffusion");
    await rm(join(checkpoint, "noisy_action_projector--100_checkpoint.pt"));
    assert.match(await refuse(checkpoint, "checkpoint-missing"), /noisy_action_projector--\*/u);
  });

  it("with more views than it was made for", async () => {
    assert.match(await refuse(await checkpointOf(LIBERO), "invalid-option", "--views", "4"), /--views/u);
  });
});

describe("an OpenVLA-OFT model of two views and a diffusion head", () => {
  let model: string;
  let episode: string;

  before(async () => {
    const checkpoint = await checkpointOf(LIBERO, "diffusion");
    await writeEpisode(checkpoint, LIBERO, NOISE);
    await writeFile(join(checkpoint, "one-view.bin"), new Uint8Array(new Float32Array(VIEW).buffer));
    await writeFile(join(checkpoint, "long-noise.bin"), new Uint8Array(new Float32Array(NOISE + 1).buffer));
    for (const name of ["image", "wrist_image", "front"])
      await writePicture(checkpoint, `${name}.png`, 64, 48);
    episode = join(checkpoint, "episode.jsonl");
    model = join(makeFolder(), "model");
    await succeed("convert", checkpoint, "--out", model, "--views", "2", "--steps", "3");
  });

  for (const [name, says, change] of [
    ["pixels of one view", /\[2,6,112,112\]/u, { pixel_values: "one-view.bin" }],
    [
      "one camera",
      /2 camera frame\(s\): image, wrist_image, found image;/u,
      { pixel_values: undefined, images: { image: "image.png" } },
    ],
    [
      "three cameras",
      /cameras among image, wrist_image.*found image, wrist_image, front/u,
      {
        pixel_values: undefined,
        images: { image: "image.png", wrist_image: "wrist_image.png", front: "front.png" },
      },
    ],
    ["an absent camera", /all 2 views/u, { image_masks: [true, false] }],
    ["no state", /a state of 8 numbers, found none/u, { state: undefined }],
    ["a state of the wrong length", /a state of 8 numbers, found 7/u, { state: [1, 2, 3, 4, 5, 6, 7] }],
    ["noise of the wrong shape", /noise of 8 × 7 = 56 values, found 57/u, { noise: "long-noise.bin" }],
  ] as const) {
    it(`refuses ${name}, and says which line`, async () => {
      const changed = await changedEpisode(episode, change);
      const line = await fail("observation-invalid", "act", model, "--episode", changed, "--json");
      assert.match(line, says);
      assert.match(line, /changed\.jsonl:1: /u);
    });
  }

  it("takes a LIBERO observation by its camera names", async () => {
    const images = { image: "image.png", wrist_image: "wrist_image.png" };
    const [step] = await actOn(model, await changedEpisode(episode, { pixel_values: undefined, images }));
    assert.deepEqual([step?.kept.length, step?.action.length], [2, 8]);
  });

  it("lets the forecast know the very call with --current-action", async () => {
    const steps = await actOn(model, episode);
    const informed = await actOn(model, episode, "--current-action");
    assert.equal(
      withoutTimings(informed.slice(0, 3)),
      withoutTimings(steps.slice(0, 3)),
      "warm-up is as it was",
    );
    assert.equal(informed[3]?.decision, "pruned");
    const chosen = (all: typeof steps): unknown => all.slice(3).map(({ kept }) => kept);
    assert.notDeepEqual(chosen(informed), chosen(steps));
  });

  it("is refused --current-action when nothing below the cut is tapped", async () => {
    const checkpoint = await checkpointOf(LIBERO);
    const untapped = join(makeFolder(), "model");
    await succeed("convert", checkpoint, "--out", untapped, "--views", "2", "--tap-layers", "action");
    const line = await fail("invalid-option", "act", untapped, "--episode", episode, "--current-action");
    assert.match(line, /--tap-layers all/u);
  });
});
