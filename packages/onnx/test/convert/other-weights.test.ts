import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "../../src/convert/open-checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import { openHandles, writeFiles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { withFolder } from "../support/temporary-folder.ts";

const INDEX = "model.safetensors.index.json";
const weights = noiseWeights({ a: [2], b: [2] });

describe("a folder without a checkpoint that can be read says what it holds, and the way out", () => {
  for (const [what, says, files, folders] of [
    ["an adapter alone", /adapter \(LoRA\).*merge it/u, { "adapter_config.json": {} }, []],
    ["a training run's adapter", /adapter \(LoRA\).*merge it/u, {}, ["lora_adapter"]],
    ["openpi's JAX checkpoint", /orbax.*convert_jax_model_to_pytorch/u, {}, ["params", "assets"]],
    ["a Prismatic .pt", /pickled \.pt.*convert_openvla_weights_to_hf/u, { "latest-checkpoint.pt": {} }, []],
    ["a GGUF file", /GGUF/u, { "model-q4.gguf": {} }, []],
    ["nothing", /config\.json.*found none/u, {}, []],
  ] as const) {
    it(what, async () => {
      await withFolder(async (folder) => {
        await writeFiles(folder, files);
        for (const name of folders) await mkdir(join(folder, name));
        await assert.rejects(openCheckpoint(folder, []), says);
      });
    });
  }

  it("shards without their index", async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, { "config.json": {} });
      await writeSafetensors(join(folder, "model-00001-of-00002.safetensors"), weights, ["a"], "F32");
      await assert.rejects(openCheckpoint(folder, []), /download the index/u);
    });
  });

  it("an adapter beside the weights, which may or may not be merged", async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, { "config.json": {}, "adapter_config.json": {} });
      await writeSafetensors(join(folder, "model.safetensors"), weights, ["a"], "F32");
      await assert.rejects(
        openCheckpoint(folder, []),
        /adapters merged.*take what is left of the adapter out/u,
      );
      assert.deepEqual((await openHandles(folder)) ?? [], []);
    });
  });
});

describe("a single file beside an index", () => {
  it("is used whole, and that is said; a stale or broken index does not stop it", async () => {
    await withFolder(async (folder) => {
      await writeSafetensors(join(folder, "model.safetensors"), weights, ["a", "b"], "F32");
      for (const index of [{ weight_map: { a: "gone.safetensors" } }, "{"]) {
        await writeFiles(folder, { "config.json": {}, [INDEX]: index });
        const opened = await openCheckpoint(folder, []);
        await opened.weights.close();
        assert.deepEqual(opened.weights.names, ["a", "b"]);
        assert.match(opened.warnings.join(), /model\.safetensors was used/u);
      }
      await writeFiles(folder, { [INDEX]: { weight_map: { a: "model.safetensors" } } });
      const own = await openCheckpoint(folder, []);
      await own.weights.close();
      assert.deepEqual(own.warnings, []);
    });
  });

  it("and shards that hold a tensor twice say which one was used", async () => {
    await withFolder(async (folder) => {
      await writeSafetensors(join(folder, "one.safetensors"), weights, ["a"], "F32");
      await writeSafetensors(join(folder, "two.safetensors"), weights, ["a", "b"], "F32");
      const weightMap = { a: "one.safetensors", b: "two.safetensors" };
      await writeFiles(folder, { "config.json": {}, [INDEX]: { weight_map: weightMap } });
      const opened = await openCheckpoint(folder, []);
      await opened.weights.close();
      assert.match(opened.warnings.join(), /two shards hold a; the one in one\.safetensors was used/u);
    });
  });
});
