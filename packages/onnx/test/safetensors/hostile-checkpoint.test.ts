import assert from "node:assert/strict";
import { join } from "node:path";
import { SafetensorsCheckpoint } from "../../src/safetensors/checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import { entry, openHandles, safetensorsBytes, writeFiles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { withFolder } from "../support/temporary-folder.ts";

const INDEX = "model.safetensors.index.json";
const weights = noiseWeights({ a: [2, 2], b: [3], c: [1] });

/** Two shards, `one` with a and b, `two` with c, and further files. */
async function withShards<Result>(
  files: Readonly<Record<string, unknown>>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  return withFolder(async (folder) => {
    await writeSafetensors(join(folder, "one.safetensors"), weights, ["a", "b"], "F32");
    await writeSafetensors(join(folder, "two.safetensors"), weights, ["c"], "F32");
    await writeFiles(folder, files);
    const result = await use(folder);
    assert.deepEqual((await openHandles(folder)) ?? [], [], "a file was left open");
    return result;
  });
}

async function refuses(map: unknown, code: string, message?: RegExp): Promise<void> {
  await withShards({ [INDEX]: map }, async (folder) => {
    await assert.rejects(SafetensorsCheckpoint.open(folder), { code, ...(message && { message }) });
  });
}

describe("sharded checkpoints", () => {
  it("reads every tensor from its shard", async () => {
    const map = { a: "one.safetensors", b: "one.safetensors", c: "two.safetensors" };
    await withShards({ [INDEX]: { weight_map: map } }, async (folder) => {
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      for (const name of weights.names) {
        const expected = weights.values(name);
        assert.deepEqual([...(await checkpoint.read(name, 0, expected.length))], expected);
      }
      await checkpoint.close();
    });
  });

  it("a tensor that two shards hold is read from the one that the index names", async () => {
    await withShards(
      { [INDEX]: { weight_map: { a: "one.safetensors", c: "two.safetensors" } } },
      async (folder) => {
        const stale = noiseWeights({ a: [2, 2], c: [1] }).map((value) => value + 5);
        await writeSafetensors(join(folder, "two.safetensors"), stale, ["a", "c"], "F32");
        const checkpoint = await SafetensorsCheckpoint.open(folder);
        assert.deepEqual([...(await checkpoint.read("a", 0, 4))], weights.values("a"));
        await checkpoint.close();
      },
    );
  });

  it("a shard that is not there: checkpoint-missing, with its name", () =>
    refuses(
      { weight_map: { a: "one.safetensors", d: "three.safetensors" } },
      "checkpoint-missing",
      /three\.safetensors/,
    ));

  it("a tensor that its shard does not hold: tensor-missing, with both names", () =>
    refuses(
      { weight_map: { a: "one.safetensors", d: "two.safetensors" } },
      "tensor-missing",
      /d in two\.safetensors/,
    ));

  it("a tensor that lies in another shard than the index says: tensor-missing", () =>
    refuses(
      { weight_map: { a: "two.safetensors", b: "one.safetensors" } },
      "tensor-missing",
      /a in two\.safetensors/,
    ));

  for (const path of ["../one.safetensors", "/etc/passwd", "..\\one.safetensors", "..", ".", ""]) {
    it(`an index must name files, not "${path}"`, () =>
      refuses({ weight_map: { a: path } }, "checkpoint-invalid"));
  }

  for (const index of [
    "{",
    "null",
    "[]",
    "{}",
    '{"weight_map": null}',
    '{"weight_map": ["one.safetensors"]}',
    '{"weight_map": {"a": 1}}',
  ]) {
    it(`an index that reads ${index}: checkpoint-invalid`, () => refuses(index, "checkpoint-invalid"));
  }
});

describe("checkpoint folders", () => {
  it("pickled weights only: checkpoint-missing, and the message says what was found", async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, { "pytorch_model-00001-of-00002.bin": "x", "config.json": {} });
      await assert.rejects(SafetensorsCheckpoint.open(folder), {
        code: "checkpoint-missing",
        found: "pickled .bin weights",
      });
    });
  });

  it("no weights, or no folder: checkpoint-missing", async () => {
    await withFolder(async (folder) => {
      await assert.rejects(SafetensorsCheckpoint.open(folder), {
        code: "checkpoint-missing",
        found: "no weights",
      });
      await assert.rejects(SafetensorsCheckpoint.open(join(folder, "none")), { code: "checkpoint-missing" });
    });
  });

  for (const [dtype, width] of [
    ["I64", 8],
    ["F8_E4M3", 1],
    ["F64", 8],
  ] as const) {
    it(`${dtype} may lie there unused; asking for it says its name and type`, async () => {
      await withFolder(async (folder) => {
        const header = JSON.stringify({ odd: entry([2], 0, 2 * width, dtype) });
        await writeFiles(folder, {
          "model.safetensors": safetensorsBytes(header, new Uint8Array(2 * width)),
        });
        const checkpoint = await SafetensorsCheckpoint.open(folder);
        const wrong = { code: "checkpoint-invalid", found: dtype, message: /tensor odd/ };
        assert.throws(() => checkpoint.info("odd"), wrong);
        await assert.rejects(checkpoint.read("odd", 0, 1), wrong);
        await checkpoint.close();
      });
    });
  }

  it("a file that shrinks after it was opened: checkpoint-truncated, not zeros", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.safetensors");
      await writeSafetensors(path, weights, ["a"], "F32");
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      await writeFiles(folder, { "model.safetensors": "short" });
      await assert.rejects(checkpoint.read("a", 0, 4), { code: "checkpoint-truncated" });
      await checkpoint.close();
    });
  });

  it("a file that can no longer be read: checkpoint-invalid, with its path", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.safetensors");
      await writeSafetensors(path, weights, ["a"], "F32");
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      await checkpoint.close(); // as good as a disk that is gone
      await assert.rejects(checkpoint.read("a", 0, 4), {
        code: "checkpoint-invalid",
        expected: new RegExp(path),
      });
    });
  });
});
