import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { writeCheckpoint } from "./support/checkpoint.ts";
import { makeFolder } from "./support/folder.ts";
import { fail } from "./support/run-cli.ts";

const OPTIONS: readonly (readonly [ErrorCode, RegExp, readonly string[]])[] = [
  ["unknown-architecture", /openvla.*found gpt2/u, ["--architecture", "gpt2"]],
  ["invalid-option", /--dtype/u, ["--dtype", "int3"]],
  ["invalid-option", /for a session of this model: vision_encoder.*found head/u, ["--dtype", "head=q4"]],
  ["invalid-option", /each dtype once, found q4, q4/u, ["--dtype", "act=q4,act=q4"]],
  ["invalid-option", /SESSION=DTYPE, with commas between, found "act=q4=q8"/u, ["--dtype", "act=q4=q8"]],
  ["invalid-option", /--block 32 or 128, found 16/u, ["--dtype", "q4", "--block", "16"]],
  ["invalid-option", /--prune-layer from 1 to 5, found 0/u, ["--prune-layer", "0"]],
  ["invalid-option", /--prune-layer from 1 to 5, found 6/u, ["--prune-layer", "6"]],
  ["invalid-option", /--prune-layer: a whole number, found "2\.5"/u, ["--prune-layer", "2.5"]],
  ["invalid-option", /--action-layers.* 0 to 5/u, ["--action-layers", "6"]],
  ["invalid-option", /--action-layers/u, ["--action-layers", "-1"]],
  ["invalid-option", /--action-layers/u, ["--action-layers", "3,3"]],
  ["invalid-option", /--action-layers: a whole number, found "all"/u, ["--action-layers", "all"]],
  ["invalid-option", /--tap-layers: one of all, action/u, ["--tap-layers", "some"]],
  ["invalid-option", /--views 1/u, ["--views", "2"]],
  ["invalid-option", /--chunk 1, found 8/u, ["--chunk", "8"]],
  ["invalid-option", /no --steps, found 3/u, ["--steps", "3"]],
  ["usage", /--prunelayer/u, ["--prunelayer", "3"]],
  ["usage", /argument missing/u, ["--prune-layer"]],
  ["usage", /found both/u, ["--synthetic", "openvla-tiny"]],
  ["usage", /too many arguments/u, ["another-checkpoint"]],
];

describe("convert refuses options", () => {
  let folder: string;
  let checkpoint: string;
  before(async () => {
    folder = makeFolder();
    checkpoint = await writeCheckpoint(join(folder, "checkpoint"));
  });

  for (const [code, says, options] of OPTIONS) {
    it(options.join(" "), async () => {
      assert.match(await fail(code, "convert", checkpoint, "--out", join(folder, "model"), ...options), says);
      assert.deepEqual(await readdir(folder), ["checkpoint"]);
    });
  }

  it("neither a checkpoint nor --synthetic", async () => {
    assert.match(await fail("usage", "convert", "--out", join(folder, "model")), /neither/u);
  });

  it("no --out", async () => {
    assert.match(await fail("usage", "convert", checkpoint), /--out/u);
  });

  it("a preset that does not exist", async () => {
    assert.match(
      await fail("invalid-option", "convert", "--synthetic", "openvla-70b", "--out", join(folder, "model")),
      /openvla-tiny/u,
    );
  });

  it("a preset of another architecture than the one that is named", async () => {
    const words = ["convert", "--synthetic", "openvla-tiny", "--out", join(folder, "model")];
    assert.match(
      await fail("invalid-option", ...words, "--architecture", "pi0"),
      /--architecture openvla, .*found pi0/u,
    );
    await fail("unknown-architecture", ...words, "--architecture", "gpt2");
  });

  it("a synthetic config that is not there", async () => {
    await fail(
      "config-invalid",
      "convert",
      "--synthetic",
      join(folder, "none.json"),
      "--out",
      join(folder, "model"),
    );
  });
});

async function failAt(code: ErrorCode, out: string): Promise<string> {
  return fail(code, "convert", "--synthetic", "openvla-tiny", "--out", out);
}

describe("convert refuses places", () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
  });

  it("a directory that holds something, and leaves it alone", async () => {
    await writeFile(join(folder, "precious.txt"), "");
    await failAt("output-exists", folder);
    assert.deepEqual(await readdir(folder), ["precious.txt"]);
  });

  it("a file", async () => {
    await writeFile(join(folder, "file"), "");
    await failAt("output-unwritable", join(folder, "file"));
  });

  it("a place below a file", async () => {
    await writeFile(join(folder, "file"), "");
    assert.match(await failAt("output-unwritable", join(folder, "file", "model")), /ENOTDIR/u);
  });

  it("a place below a directory that cannot be made", async () => {
    await mkdir(join(folder, "long"));
    await failAt("output-unwritable", join(folder, "long", "x".repeat(300)));
    assert.deepEqual(await readdir(join(folder, "long")), []);
  });
});
