import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fixtures from "../../plugin-pi0/test/support/fixtures.ts";
import { writeCheckpoint, writeEpisodes } from "../../plugin-pi0/test/support/pi0-fixture.ts";
import { actOn, withoutTimings } from "./support/act.ts";
import { changedEpisode } from "./support/changed-episode.ts";
import { makeFolder } from "./support/folder.ts";
import { inspectModel } from "./support/inspect.ts";
import { writePicture } from "./support/pictures.ts";
import { fail, succeed } from "./support/run-cli.ts";

/** Pictures of 112 pixels a side, 64 tokens each. */
const PI0 = fixtures.smaller(fixtures.PI0);
const VIEW = 3 * 112 * 112;

describe("a π0 checkpoint", () => {
  let checkpoint: string;
  let model: string;
  const episode = (name: string): string => join(checkpoint, `${name}.jsonl`);

  before(async () => {
    checkpoint = makeFolder();
    await writeCheckpoint(checkpoint, PI0);
    await writeEpisodes(checkpoint, PI0);
    model = join(makeFolder(), "model");
    await succeed("convert", checkpoint, "--out", model, "--prune-layer", "2");
  });

  it("is known by its config, and inspected", async () => {
    const { architecture, views, visionTokensPerView, pruneLayer, unnormKeys, sessions } =
      await inspectModel(model);
    assert.deepEqual(
      [architecture, views, visionTokensPerView, pruneLayer, unnormKeys],
      ["pi0", 3, 64, 2, ["default"]],
    );
    assert.deepEqual(
      sessions.map(({ session }) => session),
      ["vision_encoder", "prefill_head", "act", "denoise"],
    );
  });

  it("runs pruned, a chunk of robot actions a step", async () => {
    const steps = await actOn(model, episode("episode"));
    assert.deepEqual(
      steps.map(({ decision }) => decision),
      ["dense", "dense", "dense", ...Array.from({ length: 5 }, () => "pruned")],
    );
    for (const { action, tokens } of steps) {
      assert.deepEqual([action.length, action[0]?.length, tokens], [10, 7, null]);
    }
    assert.deepEqual(
      steps[7]?.kept.map((view) => view.length),
      [16, 16, 16],
    );
  });

  it("spends neither tokens nor budget on an absent camera, and sees all when one without a past appears", async () => {
    const steps = await actOn(model, episode("absent"), "--steps", "6");
    const [two, all, pruned] = [
      [64, 64],
      [64, 64, 64],
      [16, 16],
    ];
    assert.deepEqual(
      steps.map(({ kept }) => kept.map((view) => view.length)),
      [two, two, two, pruned, all, pruned],
    );
  });

  it("draws the noise that a line leaves out from --seed", async () => {
    const changed = await changedEpisode(episode("episode"), { noise: undefined });
    const [first, again, other] = [
      await actOn(model, changed, "--seed", "1"),
      await actOn(model, changed, "--seed", "1"),
      await actOn(model, changed, "--seed", "2"),
    ];
    assert.equal(withoutTimings(first ?? []), withoutTimings(again ?? []));
    assert.notDeepEqual(first?.[0]?.action, other?.[0]?.action);
  });

  it("takes a three-camera ALOHA observation by its camera names", async () => {
    const names = ["cam_high", "cam_left_wrist", "cam_right_wrist"];
    const files = names.map(async (name) => [name, await writePicture(checkpoint, `${name}.png`, 64, 48)]);
    const images = Object.fromEntries(await Promise.all(files)) as Record<string, string>;
    const changed = await changedEpisode(episode("episode"), { pixel_values: undefined, images });
    const [step] = await actOn(model, changed);
    assert.equal(step?.kept.length, 3);
  });

  for (const [name, says, change] of [
    ["pixels of too few views", /\[3,3,112,112\]/u, { pixel_values: "two-views.bin" }],
    ["masks of too few views", /imageMasks of 3 views, found \[true,true\]/u, { image_masks: [true, true] }],
    ["no camera at all", /at least one camera/u, { image_masks: [false, false, false] }],
    [
      "a camera of another robot",
      /cameras among base_0_rgb.*found front/u,
      { pixel_values: undefined, images: { front: "front.png" } },
    ],
    ["no state", /a state of 8 numbers, found none/u, { state: undefined }],
    ["a state of the wrong length", /a state of 8 numbers, found 9/u, { state: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
    ["noise of the wrong shape", /noise of 10 × 32 = 320 values, found 319/u, { noise: "short-noise.bin" }],
    ["ids beyond the vocabulary", /token ids from 0 to 511, found 512/u, { input_ids: [2, 512] }],
  ] as const) {
    it(`refuses ${name}, and says which line`, async () => {
      await writeFile(join(checkpoint, "two-views.bin"), new Uint8Array(new Float32Array(2 * VIEW).buffer));
      await writeFile(join(checkpoint, "short-noise.bin"), new Uint8Array(new Float32Array(319).buffer));
      await writePicture(checkpoint, "front.png", 64, 48);
      const changed = await changedEpisode(episode("episode"), change);
      const line = await fail("observation-invalid", "act", model, "--episode", changed, "--json");
      assert.match(line, says);
      assert.match(line, /changed\.jsonl:1: /u);
    });
  }

  it("refuses --current-action: its action rows live in the expert", async () => {
    const line = await fail(
      "invalid-option",
      "act",
      model,
      "--episode",
      episode("dense"),
      "--current-action",
    );
    assert.match(line, /below the cut.*found pi0, tapped at/u);
  });

  it("is benchmarked, its expert counted", async () => {
    const lines = await succeed("bench", model, "--runs", "1", "--retention", "1,0.25", "--json");
    const [dense, pruned] = lines
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { flops: { decode: number; head: number } }).flops);
    assert.equal(dense?.head, 0);
    assert.ok((pruned?.decode ?? 0) > 0 && (pruned?.decode ?? 0) < (dense?.decode ?? 0));
  });
});

describe("π0's synthetic presets", () => {
  for (const [preset, sessions] of [
    ["pi0-tiny", 4],
    ["pi05-tiny", 5],
  ] as const) {
    it(`${preset} is converted and benchmarked`, async () => {
      const model = join(makeFolder(), "model");
      await succeed("convert", "--synthetic", preset, "--out", model);
      assert.equal((await inspectModel(model)).sessions.length, sessions);
      await succeed("bench", model, "--runs", "1", "--retention", "0.5");
    });
  }
});
