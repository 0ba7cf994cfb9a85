import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../src/convert/open-checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import { openHandles, writeFiles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { withFolder } from "../support/temporary-folder.ts";

const weights = noiseWeights({ a: [2] });

async function refuses(files: Readonly<Record<string, unknown>>, error: object): Promise<void> {
  await withFolder(async (folder) => {
    await writeSafetensors(join(folder, "model.safetensors"), weights, ["a"], "F32");
    await writeFiles(folder, files);
    await assert.rejects(openCheckpoint(folder), error);
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
      const checkpoint = await openCheckpoint(folder);
      assert.deepEqual(checkpoint.config, { model_type: "toy" });
      assert.deepEqual(checkpoint.files, { "norm_stats.json": { a: 1 } });
      assert.deepEqual([...(await checkpoint.weights.read("a", 0, 2))], weights.values("a"));
      await checkpoint.weights.close();
    });
  });

  it("no folder, or none with config.json: checkpoint-missing", async () => {
    await refuses({}, { code: "checkpoint-missing", expected: /config\.json/ });
    await assert.rejects(openCheckpoint("/no/such/folder"), { code: "checkpoint-missing" });
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
