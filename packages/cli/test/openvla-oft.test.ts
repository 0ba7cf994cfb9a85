import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LIBERO } from "../../plugin-openvla-oft/test/support/fixtures.ts";
import { addComponents, writeBase, writeEpisode } from "../../plugin-openvla-oft/test/support/oft-fixture.ts";
import { makeFolder } from "./support/folder.ts";
import { fail, succeed } from "./support/run-cli.ts";

interface StepLine {
  readonly action: readonly (readonly number[])[];
  readonly tokens: readonly number[] | null;
  readonly kept: readonly (readonly number[])[];
  readonly decision: string;
}

describe("an OpenVLA-OFT checkpoint", () => {
  let checkpoint: string;

  beforeEach(async () => {
    checkpoint = makeFolder();
    await writeBase(checkpoint, LIBERO);
    await addComponents(checkpoint, LIBERO);
    await writeEpisode(checkpoint, LIBERO, 0);
  });

  it("is known by its component files, converted, inspected and run", async () => {
    const model = join(makeFolder(), "model");
    await succeed("convert", checkpoint, "--out", model, "--views", "2");
    const report = JSON.parse(await succeed("inspect", model, "--json")) as Record<string, unknown>;
    assert.deepEqual(
      [report["architecture"], report["views"], report["visionTokensPerView"]],
      ["openvla-oft", 2, 64],
    );
    const lines = await succeed("act", model, "--episode", join(checkpoint, "episode.jsonl"), "--json");
    const steps = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as StepLine);
    assert.deepEqual(
      steps.map(({ decision }) => decision),
      ["dense", "dense", "dense", ...Array.from({ length: 5 }, () => "pruned")],
    );
    for (const { action, tokens } of steps) {
      assert.deepEqual(
        action.map((numbers) => numbers.length),
        Array.from({ length: 8 }, () => 7),
      );
      assert.equal(tokens, null);
    }
    assert.deepEqual(
      steps[7]?.kept.map((view) => view.length),
      [16, 16],
    );
  });

  it("without its action head is refused beside its other files; without any of them it is OpenVLA", async () => {
    await rm(join(checkpoint, "action_head--100_checkpoint.pt"));
    const model = join(makeFolder(), "model");
    const line = await fail("checkpoint-missing", "convert", checkpoint, "--out", model);
    assert.match(line, /action_head--\*/u);
    await rm(join(checkpoint, "proprio_projector--100_checkpoint.pt"));
    await succeed("convert", checkpoint, "--out", model);
    const report = JSON.parse(await succeed("inspect", model, "--json")) as Record<string, unknown>;
    assert.equal(report["architecture"], "openvla");
    const named = [checkpoint, "--out", join(makeFolder(), "model"), "--architecture", "openvla-oft"];
    assert.match(await fail("checkpoint-missing", "convert", ...named), /action_head--\*/u);
  });

  it("has a synthetic preset", async () => {
    const model = join(makeFolder(), "model");
    await succeed("convert", "--synthetic", "openvla-oft-tiny", "--out", model);
    const report = JSON.parse(await succeed("inspect", model, "--json")) as Record<string, unknown>;
    assert.deepEqual([report["architecture"], report["views"]], ["openvla-oft", 2]);
  });
});
