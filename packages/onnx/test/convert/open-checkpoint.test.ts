import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "../../src/convert/open-checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import { openHandles, writeFiles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { withFolder } from "../support/temporary-folder.ts";

const weights = noiseWeights({ a: [2] });

const RECIPES = [{ files: { json: ["norm_stats.json"] } }, {}];

async function refuses(files: Readonly<Record<string, unknown>>, error: object): Promise<void> {
  await withFolder(async (folder) => {
    await writeSafetensors(join(folder, "model.safetensors"), weights, ["a"], "F32");
    await writeFiles(folder, files);
    await assert.rejects(openCheckpoint(folder, RECIPES), error);
    assert.deepEqual((await openHandles(folder)) ?? [], []);
  });
}

describe("openCheckpoint", () => {
  it("reads config, weights, and the JSON files that recipes want", async () => {
    await withFolder(async (folder) => {
      await writeSafetensors(join(folder, "model.safetensors"), weights, ["a"], "F32");
      await writeFiles(folder, {
        "config.json": { model_type: "toy" },
        "norm_stats.json": { a: 1 },
        "tokenizer.json": "not read",
      });
      const checkpoint = await openCheckpoint(folder, RECIPES);
      assert.deepEqual(checkpoint.config, { model_type: "toy" });
      assert.deepEqual(checkpoint.files, { "norm_stats.json": { a: 1 } });
      assert.deepEqual([...(await checkpoint.weights.read("a", 0, 2))], weights.values("a"));
      await checkpoint.weights.close();
    });
  });

  it("finds files that recipes name by a pattern, also in sub-folders, and reads small tensors as numbers", async () => {
    await withFolder(async (folder) => {
      await writeSafetensors(join(folder, "model.safetensors"), weights, ["a"], "F32");
      await writeSafetensors(join(folder, "step.safetensors"), weights, ["a"], "F32");
      for (const name of ["x", "x/y", "z"]) await mkdir(join(folder, "assets", name), { recursive: true });
      await writeFiles(folder, {
        "config.json": {},
        "assets/stats.json": {},
        "assets/x/y/stats.json": { b: 2 },
        "assets/x/stats.json": { a: 1 },
        "assets/z/other.json": "not read",
      });
      const json = [{ below: "assets", name: /\/stats\.json$/u }];
      const vectors = [{ name: /^step.*\.safetensors$/u }];
      const opened = await openCheckpoint(folder, [{ files: { json, vectors } }, { files: { json } }]);
      await opened.weights.close();
      assert.deepEqual(Object.entries(opened.files), [
        ["assets/x/stats.json", { a: 1 }],
        ["assets/x/y/stats.json", { b: 2 }],
        ["step.safetensors", { a: weights.values("a") }],
      ]);
    });
  });

  it("no folder, or none with config.json: checkpoint-missing", async () => {
    await refuses({}, { code: "checkpoint-missing", expected: /config\.json/ });
    await assert.rejects(openCheckpoint("/no/such/folder", []), { code: "checkpoint-missing" });
  });

  for (const text of ["", "{", "[]", "null", '"text"']) {
    it(`config.json or statistics that read ${text || "nothing"}: config-invalid, with the path`, async () => {
      await refuses({ "config.json": text }, { code: "config-invalid", expected: /config\.json/ });
      await refuses(
        { "config.json": {}, "norm_stats.json": text },
        { code: "config-invalid", expected: /norm_stats\.json/ },
      );
    });
  }
});
