import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { numericEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { runNode } from "./support/run-child.ts";

/** Writes every module that is loaded into a file. */
const SPY = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(new URL("loaded.txt", import.meta.url), url + "\\n");
  return next(url, context);
}`;
const REGISTER = `import { register } from "node:module"; register("./spy.mjs", import.meta.url);`;

/** What a command loads, by address. */
async function loadedBy(...words: readonly string[]): Promise<string[]> {
  const folder = makeFolder();
  await writeFile(join(folder, "spy.mjs"), SPY);
  await writeFile(join(folder, "register.mjs"), REGISTER);
  const { code, stderr } = await runNode(["--import", "./register.mjs"], words, folder).done;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.ok(existsSync(join(folder, "loaded.txt")));
  return readFileSync(join(folder, "loaded.txt"), "utf8").trimEnd().split("\n");
}

describe("a command loads what it needs", () => {
  it("act without graph building", async () => {
    const loaded = await loadedBy("act", await tinyModel(), "--episode", await numericEpisode());
    assert.ok(loaded.some((url) => url.includes("/plugin-openvla/src/index.ts")));
    assert.deepEqual(
      loaded.filter((url) => /\/packages\/onnx\/|\/recipe\//u.test(url)),
      [],
    );
  });

  it("convert without ONNX Runtime, transformers.js and the simulator", async () => {
    const loaded = await loadedBy("convert", "--synthetic", "openvla-tiny", "--out", "model");
    assert.ok(loaded.some((url) => url.includes("/packages/onnx/")));
    assert.deepEqual(
      loaded.filter((url) => /onnxruntime|@huggingface|\/packages\/(core|sim)\//u.test(url)),
      [],
    );
  });
});
