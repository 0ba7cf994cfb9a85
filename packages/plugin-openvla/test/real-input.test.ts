import assert from "node:assert/strict";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadPolicy, readFrame, vlaPipeline } from "@vla-pruner/core";
import type { VlaPipeline } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvla } from "../src/index.ts";
import { temporaryFolder } from "../../core/test/support/temporary-folder.ts";
import { convertIn } from "./support/converted-fixture.ts";
import { REFERENCE } from "./support/fixtures.ts";
import { readGolden } from "./support/golden.ts";
import { writeCheckpoint } from "./support/openvla-fixture.ts";
import { sharedPath } from "./support/shared-data.ts";

interface PromptGolden {
  readonly prompts: readonly { readonly instruction: string; readonly ids: readonly number[] }[];
}

const KEY = "libero_10_no_noops";

/** OpenVLA's own tokenizer, preprocessing, statistics and a LIBERO frame, around small seeded weights. */
describe("openvla on real input", () => {
  let folder: string;
  let frame: string;
  let instruction: string;

  before(async function () {
    const files = sharedPath(this, "openvla");
    frame = sharedPath(this, "libero_observation/full_image.png");
    const observation = await readFile(sharedPath(this, "libero_observation/observation.json"), "utf8");
    ({ instruction } = JSON.parse(observation) as { instruction: string });
    folder = await temporaryFolder();
    await writeRealCheckpoint(files, join(folder, "checkpoint"));
    await convertIn(folder, REFERENCE.options);
  });

  it("reads every prompt as the real tokenizer does", async () => {
    const seen: (readonly number[])[] = [];
    const policy = await loadPolicy(join(folder, "model"), {
      plugins: [openvla()],
      middleware: [
        {
          async prepare(_, next) {
            const prepared = await next();
            seen.push((prepared as { ids: readonly number[] }).ids);
            return prepared;
          },
        },
      ],
    });
    const golden = readGolden("prompts") as PromptGolden;
    // The official code takes stray blanks as they are; here they are no part of what is to be done.
    const prompts = golden.prompts.filter((prompt) => prompt.instruction.trim() === prompt.instruction);
    assert.ok(prompts.length > 3);
    const images = { image: await readFrame(frame) };
    for (const prompt of prompts) await policy.act({ images, instruction: prompt.instruction });
    await policy.dispose();
    assert.deepEqual(
      seen,
      prompts.map(({ ids }) => ids),
    );
    assert.ok(
      prompts.some((prompt) => prompt.instruction === instruction),
      "the LIBERO instruction is among them",
    );
  });

  it("acts within the statistics of the training set, dense first and then on 64 patches", async () => {
    const model = await vlaPipeline(join(folder, "model"), { plugins: [openvla()], retention: 0.25 });
    const { low, high } = await realBounds(join(folder, "model"));
    const kept: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      const { action, keep } = await model(frame, instruction);
      kept.push(keep.length);
      assertWithin(action, low, high);
    }
    await model.dispose();
    assert.deepEqual(kept, [256, 256, 256, 64, 64]);
  });

  it("uses the fine-tune's only statistics with and without their name, and knows no other", async () => {
    const model = join(folder, "model");
    const [named, unnamed] = [await load(model, KEY), await load(model)];
    assert.deepEqual((await named(frame, instruction)).action, (await unnamed(frame, instruction)).action);
    await Promise.all([named.dispose(), unnamed.dispose()]);
    await assert.rejects(load(model, "bridge_orig"), hasCode("unnorm-key"));
  });

  it("sees another picture through the centre crop of the LIBERO evaluation", async () => {
    const plain = await vlaPipeline(join(folder, "model"), { plugins: [openvla()] });
    const cropped = await vlaPipeline(join(folder, "model"), { plugins: [openvla({ centerCrop: true })] });
    const [a, b] = [await plain(frame, instruction), await cropped(frame, instruction)];
    await Promise.all([plain.dispose(), cropped.dispose()]);
    assert.notDeepEqual(a.semantic.last, b.semantic.last);
  });

  it("refuses an empty instruction, and a missing one", async () => {
    const model = await vlaPipeline(join(folder, "model"), { plugins: [openvla()] });
    await assert.rejects(model(frame, "  "), hasCode("observation-invalid"));
    await assert.rejects(
      model.policy.act({ images: { image: await readFrame(frame) } }),
      hasCode("observation-invalid"),
    );
    await model.dispose();
  });
});

function load(model: string, unnormKey?: string): Promise<VlaPipeline> {
  return vlaPipeline(model, { plugins: [openvla(unnormKey === undefined ? {} : { unnormKey })] });
}

/** The real config with the fixture's sizes; the real files beside it. */
async function writeRealCheckpoint(files: string, folder: string): Promise<void> {
  await writeCheckpoint(folder, REFERENCE);
  for (const name of await readdir(files)) {
    if (name !== "config.json" && !name.startsWith("model"))
      await copyFile(join(files, name), join(folder, name));
  }
  const config = JSON.parse(await readFile(join(files, "config.json"), "utf8")) as Record<string, unknown>;
  const { text_config, vision_heads } = REFERENCE.config;
  await writeFile(join(folder, "config.json"), JSON.stringify({ ...config, text_config, vision_heads }));
}

async function realBounds(model: string): Promise<{ low: number[]; high: number[] }> {
  const statistics = JSON.parse(await readFile(join(model, "dataset_statistics.json"), "utf8")) as Record<
    string,
    { action: { q01: number[]; q99: number[] } }
  >;
  const { q01: low = [], q99: high = [] } = statistics[KEY]?.action ?? {};
  return { low, high };
}

function assertWithin(action: readonly number[], low: readonly number[], high: readonly number[]): void {
  assert.equal(action.length, 7);
  // The gripper is not un-normalised: between −1 and 1, as the model was trained.
  for (const [dimension, value] of action.slice(0, 6).entries()) {
    assert.ok(
      value >= (low[dimension] ?? Infinity) && value <= (high[dimension] ?? -Infinity),
      `dimension ${dimension}: ${value}`,
    );
  }
  assert.ok(Math.abs(action[6] ?? Number.NaN) <= 1);
}
