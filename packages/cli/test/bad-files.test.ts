import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeCheckpoint } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { fail, runCli, succeed } from "./support/run-cli.ts";

const POINTER =
  "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32\nsize 12345\n";

describe("files that are not what they seem", () => {
  let folder = "";
  let checkpoint = "";
  beforeEach(async () => {
    folder = makeFolder();
    checkpoint = await writeCheckpoint(join(folder, "checkpoint"), {});
  });

  for (const file of ["model.safetensors", "config.json", "tokenizer.json"]) {
    it(`a Git LFS pointer in place of ${file}: checkpoint-invalid or config-invalid, and the remedy`, async () => {
      await writeFile(join(checkpoint, file), POINTER);
      const code = file === "config.json" ? "config-invalid" : "checkpoint-invalid";
      const line = await fail(code, "convert", checkpoint, "--out", join(folder, "model"));
      assert.match(line, /git lfs pull/u);
      assert.deepEqual(await readdir(folder), ["checkpoint"]);
    });
  }

  it("a byte-order mark before config.json changes nothing; UTF-16 is refused", async () => {
    const path = join(checkpoint, "config.json");
    const text = await readFile(path, "utf8");
    await succeed("convert", checkpoint, "--out", join(folder, "plain"));
    await writeFile(path, `\uFEFF${text}`);
    await succeed("convert", checkpoint, "--out", join(folder, "marked"));
    const [plain, marked] = ["plain", "marked"].map((name) => join(folder, name, "config.json"));
    assert.equal(await readFile(marked ?? "", "utf8"), await readFile(plain ?? "", "utf8"));
    await writeFile(path, Buffer.from(`\uFEFF${text}`, "utf16le"));
    assert.match(
      await fail("config-invalid", "convert", checkpoint, "--out", join(folder, "wide")),
      /UTF-16/u,
    );
  });

  it("the root of a Hugging Face cache stands for its snapshot, for checkpoints and models", async () => {
    const root = join(folder, "models--org--name");
    const snapshot = join(root, "snapshots", "abc");
    await mkdir(join(root, "refs"), { recursive: true });
    await cp(checkpoint, snapshot, { recursive: true });
    await writeFile(join(root, "refs/main"), "abc");
    await succeed("convert", root, "--out", join(folder, "model"));
    await mkdir(join(root, "snapshots", "def"));
    await writeFile(join(root, "refs/main"), "none");
    await fail("checkpoint-missing", "convert", root, "--out", join(folder, "other"));
    const cached = join(folder, "models--org--model");
    await mkdir(join(cached, "refs"), { recursive: true });
    await cp(await tinyModel(), join(cached, "snapshots", "abc"), { recursive: true });
    await succeed("act", cached, "--episode", await numericEpisode());
  });

  it("a mistyped path is told as one, and is not looked up on the Hub", async () => {
    const episode = await numericEpisode();
    for (const path of [
      "packages/cli/tset",
      "tiny-opnvla",
      join(folder, "modle"),
      "packages/cli/package.json",
    ]) {
      const line = await fail("model-missing", "act", path, "--episode", episode);
      assert.doesNotMatch(line, /fetch|Hub:/u);
    }
    assert.match(await fail("model-missing", "act", "packages/cli/tset", "--episode", episode), /src/u);
  });

  it("what a killed conversion left is removed by the next, which says so; what is under way stays", async () => {
    const out = join(folder, "model");
    const dead = `${out}.partial-01234567-89ab-4def-8123-456789abcdef`;
    const mine = `${out}.partial-notes`;
    for (const name of [dead, mine]) await mkdir(name);
    const { code, stderr } = await runCli("convert", checkpoint, "--out", out);
    assert.equal(code, 0);
    assert.match(stderr, /^vla-pruner: warning: removed [^\n]*partial-01234567[^\n]*\n$/u);
    assert.ok(!existsSync(dead) && existsSync(mine));
  });

  it("--out below /proc fails at once", async () => {
    if (!existsSync("/proc/self")) return; // there is no such place on other systems
    await fail("output-unwritable", "convert", checkpoint, "--out", "/proc/nowhere/model");
  });
});
