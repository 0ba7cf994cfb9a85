import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { actOn, withoutTimings } from "./support/act.ts";
import { CONFIG, writeCheckpoint } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { inspectModel } from "./support/inspect.ts";
import { convertTiny, tinyModel } from "./support/model.ts";
import { fail, succeed } from "./support/run-cli.ts";

async function denseTokens(model: string): Promise<unknown[]> {
  return (await actOn(model, await numericEpisode(), "--pruner", "keep-all")).map(({ tokens }) => tokens);
}

async function firstRecord(model: string, ...options: readonly string[]): Promise<unknown> {
  return (await actOn(model, await numericEpisode(), ...options))[0]?.actionAttention;
}

describe("convert options", () => {
  it("cuts before layer 3 and reads the latter half of the layers by default", async () => {
    const { pruneLayer, actionLayers, tappedLayers } = await inspectModel(await tinyModel());
    assert.deepEqual(
      { pruneLayer, actionLayers, tappedLayers },
      { pruneLayer: 3, actionLayers: [3, 4, 5], tappedLayers: [0, 1, 2, 3, 4, 5] },
    );
  });

  it("--prune-layer moves the cut, and nothing changes without pruning", async () => {
    const model = await convertTiny({}, "--prune-layer", "1");
    assert.equal((await inspectModel(model)).pruneLayer, 1);
    assert.deepEqual(await denseTokens(model), await denseTokens(await tinyModel()));
  });

  for (const [given, expected] of [
    ["4", [4]],
    ["5,2", [2, 5]],
    ["latter-half", [3, 4, 5]],
  ] as const) {
    it(`--action-layers ${given}`, async () => {
      const model = await convertTiny({}, "--action-layers", given);
      assert.deepEqual((await inspectModel(model)).actionLayers, expected);
      const chosen = await firstRecord(await tinyModel(), "--action-layers", expected.join(","));
      assert.deepEqual(await firstRecord(model), chosen);
    });
  }

  it("--tap-layers action leaves the other layers without a tap", async () => {
    const model = await convertTiny({}, "--tap-layers", "action", "--action-layers", "1,4");
    assert.deepEqual((await inspectModel(model)).tappedLayers, [1, 4]);
    const [step] = await actOn(model, await numericEpisode(), "--action-layers", "4");
    assert.equal(step?.kept[0]?.length, 16);
    const line = await fail(
      "invalid-option",
      "act",
      model,
      "--episode",
      await numericEpisode(),
      "--json",
      "--action-layers",
      "3",
    );
    assert.match(line, /tapped ones: 1, 4, found 3;/u);
  });

  it("--architecture says what config.json does not tell", async () => {
    const folder = makeFolder();
    const { model_type: _, ...config } = CONFIG;
    const checkpoint = await writeCheckpoint(join(folder, "checkpoint"), { config });
    const line = await fail("unknown-architecture", "convert", checkpoint, "--out", join(folder, "model"));
    assert.match(line, /--architecture/u);
    await succeed("convert", checkpoint, "--out", join(folder, "model"), "--architecture", "openvla");
    assert.equal((await inspectModel(join(folder, "model"))).architecture, "openvla");
  });

  it("--synthetic NAME makes a model of a preset's size", async () => {
    const model = join(makeFolder(), "model");
    await succeed("convert", "--synthetic", "openvla-tiny", "--out", model);
    const { visionTokensPerView, unnormKeys } = await inspectModel(model);
    assert.deepEqual(
      { visionTokensPerView, unnormKeys },
      { visionTokensPerView: 256, unnormKeys: ["synthetic"] },
    );
  });

  it("--synthetic config.json makes a model of that config's size, from a seed", async () => {
    const folder = makeFolder();
    const config = join(folder, "config.json");
    await writeFile(config, JSON.stringify(CONFIG));
    const run = async (seed: string, out: string): Promise<string> => {
      await succeed("convert", "--synthetic", config, "--out", join(folder, out), "--seed", seed);
      return withoutTimings(await actOn(join(folder, out), await numericEpisode()));
    };
    const first = await run("1", "first");
    assert.equal(await run("1", "again"), first);
    assert.notEqual(await run("2", "second"), first);
  });
});
