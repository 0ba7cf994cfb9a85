import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { convertCheckpoint } from "../../src/convert/convert-checkpoint.ts";
import type { ConversionProgress } from "../../src/convert/convert-checkpoint.ts";
import { writeFiles } from "../support/checkpoint-files.ts";
import { directoryBytes } from "../support/directory-bytes.ts";
import { withFolder } from "../support/temporary-folder.ts";
import { toyRequest } from "../support/toy-recipe.ts";

describe("convertCheckpoint", () => {
  for (const [dtype, suffix] of [
    ["fp32", ""],
    ["fp16", "_fp16"],
  ] as const) {
    it(`writes config.json and a loadable graph for every session (${dtype})`, async () => {
      await withFolder(async (folder) => {
        const out = join(folder, "deep", "model");
        await convertCheckpoint(toyRequest(out, { dtype }));
        const files = await directoryBytes(out);
        const graphs = ["first", "second"].flatMap((name) => [
          `onnx/${name}${suffix}.onnx`,
          `onnx/${name}${suffix}.onnx_data`,
        ]);
        assert.deepEqual(Object.keys(files), ["config.json", ...graphs]);
        for (const name of ["first", "second"]) {
          await (await InferenceSession.create(join(out, `onnx/${name}${suffix}.onnx`))).release();
        }
      });
    });
  }

  it("refuses options that nobody reads, by name, and writes nothing", async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "model");
      const misspelt = [
        { ...toyRequest(out), dtyp: "fp16" },
        toyRequest(out, { options: { prunelayer: 2 } as object }),
      ];
      for (const [index, name] of ["write dtype", "write pruneLayer"].entries()) {
        const request = misspelt[index];
        assert.ok(request);
        await assert.rejects(convertCheckpoint(request), { code: "invalid-option", fix: name });
      }
      assert.deepEqual(await readdir(folder), []);
    });
  });

  it("config.json keeps the original keys and tells of the sessions and the bytes on disk", async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "model");
      const request = toyRequest(out, { options: { pruneLayer: 5 }, fileLimit: 3000 });
      await convertCheckpoint(request);
      const files = await directoryBytes(out);
      const bytes = (name: string): unknown => ({
        graph: files[`onnx/${name}.onnx`]?.length,
        data: [files[`onnx/${name}.onnx_data`]?.length, files[`onnx/${name}.onnx_data_1`]?.length],
      });
      const sessions = Object.fromEntries(
        ["first", "second"].map((file) => [file, { file, bytes: bytes(file), device_outputs: ["y"] }]),
      );
      const { vla, ...config } = JSON.parse(await readFile(join(out, "config.json"), "utf8")) as {
        vla: Record<string, unknown>;
      };
      assert.deepEqual(config, request.config);
      const { format, architecture, dtype, prune_layer } = vla;
      assert.deepEqual([format, architecture, dtype, prune_layer], [1, "toy", "fp32", 5]);
      assert.deepEqual(vla["sessions"], sessions);
    });
  });

  it("copies tokenizer, preprocessor and statistics files byte by byte, and nothing else", async () => {
    await withFolder(async (folder) => {
      const companions = {
        "tokenizer.json": '{"a": 1}\n',
        "tokenizer.model": Uint8Array.of(0, 255, 13, 10),
        "preprocessor_config.json": "{ }",
        "dataset_statistics.json": "{}",
      };
      await writeFiles(folder, {
        ...companions,
        "config.json": "{}",
        "model.safetensors": "x",
        "README.md": "x",
        "modeling_prismatic.py": "x",
      });
      const out = join(folder, "model");
      await convertCheckpoint(toyRequest(out, { companions: folder }));
      const files = await directoryBytes(out);
      for (const [name, content] of Object.entries(companions))
        assert.deepEqual(files[name], Buffer.from(content), name);
      assert.deepEqual(
        Object.keys(files)
          .filter((name) => !name.startsWith("onnx/"))
          .toSorted(),
        [...Object.keys(companions), "config.json"].toSorted(),
      );
    });
  });

  it("twice gives byte-identical directories", async () => {
    await withFolder(async (folder) => {
      const [one, two] = [join(folder, "one"), join(folder, "two")];
      for (const out of [one, two])
        await convertCheckpoint(toyRequest(out, { dtype: "fp16", fileLimit: 2000 }));
      assert.deepEqual(await directoryBytes(one), await directoryBytes(two));
    });
  });

  it("reports progress that grows to the total, session after session", async () => {
    await withFolder(async (folder) => {
      const progress: ConversionProgress[] = [];
      await convertCheckpoint(
        toyRequest(join(folder, "model"), { onProgress: (state) => progress.push(state) }),
      );
      const bytes = 24 * 24 * 4;
      assert.deepEqual(
        progress.map(({ doneBytes }) => doneBytes),
        [bytes, 2 * bytes, 3 * bytes, 4 * bytes],
      );
      assert.deepEqual(
        progress.map(({ session }) => session),
        ["first", "first", "second", "second"],
      );
      assert.ok(progress.every(({ totalBytes }) => totalBytes === 4 * bytes));
    });
  });

  it("an empty folder may take the model", async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "model");
      await mkdir(out);
      await convertCheckpoint(toyRequest(`${out}/`));
      assert.ok("config.json" in (await directoryBytes(out)));
    });
  });
});
