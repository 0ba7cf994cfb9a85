import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { convertCheckpoint } from "../../src/convert/convert-checkpoint.ts";
import type { ConvertRequest } from "../../src/convert/convert-checkpoint.ts";
import { openHandles, writeFiles } from "../support/checkpoint-files.ts";
import { MapSource } from "../support/map-source.ts";
import { withFolder } from "../support/temporary-folder.ts";
import { atRead, TOY_WEIGHTS, toyRequest, toyWeights } from "../support/toy-recipe.ts";

/** Converts into `<folder>/model`, expects a failure, and that nothing is left: no model, no part, no open file. */
async function fails(changes: Partial<ConvertRequest>, error: object): Promise<void> {
  await withFolder(async (folder) => {
    await assert.rejects(convertCheckpoint(toyRequest(join(folder, "model"), changes)), error);
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual((await openHandles(folder)) ?? [], []);
  });
}

const throws = (error: Error) => (): never => {
  throw error;
};

describe("a conversion that fails leaves nothing behind", () => {
  it("missing tensor: tensor-missing", async () => {
    const checkpoint = new MapSource({ "first.a": { dims: [24, 24], values: new Float32Array(576) } });
    await fails({ checkpoint }, { code: "tensor-missing", message: /first\.b/ });
  });

  it("tensor of another shape than config.json says: tensor-shape", () =>
    fails({ config: { size: 25 } }, { code: "tensor-shape", expected: /\[25,25\]/, found: "[24,24]" }));

  for (const count of [1, 2, 4]) {
    it(`damage that shows at read ${count} of 4 comes out as it is`, async () => {
      const damage = new VlaPrunerError("checkpoint-truncated", {
        expected: "more",
        found: "less",
        fix: "load again",
      });
      await fails({ checkpoint: atRead(count, throws(damage)) }, damage);
    });
  }

  it("an error that is not the user's comes out as it is", async () => {
    const bug = new TypeError("undefined is not a function");
    await fails({ checkpoint: atRead(3, throws(bug)) }, bug);
  });

  it("a disk that the checkpoint cannot be read from is not the output's fault", async () => {
    const broken = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
    await fails({ checkpoint: atRead(3, throws(broken)) }, broken);
  });

  for (const count of [1, 3, 4]) {
    it(`interrupted at read ${count} of 4: interrupted`, async () => {
      const abort = new AbortController();
      await fails(
        { checkpoint: atRead(count, () => abort.abort()), signal: abort.signal },
        { code: "interrupted" },
      );
    });
  }

  it("interrupted, it stops after the weight at hand, not after the last", async () => {
    const abort = new AbortController();
    let written = 0;
    const onProgress = (): void => {
      written += 1;
    };
    const checkpoint = atRead(1, () => abort.abort());
    await fails({ checkpoint, signal: abort.signal, onProgress }, { code: "interrupted" });
    assert.equal(written, 1);
  });

  it("interrupted before it began: interrupted", () =>
    fails({ signal: AbortSignal.abort() }, { code: "interrupted" }));

  it("companions that cannot be read", async () => {
    await withFolder(async (folder) => {
      await assert.rejects(
        convertCheckpoint(toyRequest(join(folder, "model"), { companions: join(folder, "none") })),
      );
      assert.deepEqual(await readdir(folder), []);
    });
  });

  for (const dtype of ["bf16", "", "toString"]) {
    it(`dtype "${dtype}": invalid-option with the ones there are`, () =>
      fails(
        { dtype },
        {
          code: "invalid-option",
          expected: "--dtype fp32, fp16, q8, q4, q4f16, fp32_q4, fp16_q4f16",
          found: dtype,
        },
      ));
  }

  it("a dtype for a session that is not there: invalid-option with those that are", () =>
    fails({ dtype: { third: "q4" } }, { code: "invalid-option", expected: /first, second/, found: "third" }));

  for (const dtype of ["q8", "q4"]) {
    it(`a number that is none, at ${dtype}: checkpoint-invalid that names the tensor`, () => {
      const checkpoint = toyWeights(40).map((value) => (value > 0.15 ? Number.NaN : value));
      return fails(
        { dtype, checkpoint, config: { size: 40 } },
        { code: "checkpoint-invalid", expected: /first\.a/ },
      );
    });
  }
});

describe("where a model may go", () => {
  it("a folder that holds something: output-exists, and it stays as it is", async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, { "notes.txt": "mine" });
      TOY_WEIGHTS.reads.length = 0;
      await assert.rejects(convertCheckpoint(toyRequest(folder)), { code: "output-exists" });
      assert.deepEqual(await readdir(folder), ["notes.txt"]);
      assert.deepEqual(TOY_WEIGHTS.reads, [], "it must be refused before hours of work");
    });
  });

  it("a file of that name, or a parent that is a file: output-unwritable", async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, { file: "mine" });
      for (const out of [
        join(folder, "file"),
        join(folder, "file", "model"),
        join(folder, "file", "deep", "model"),
      ]) {
        await assert.rejects(convertCheckpoint(toyRequest(out)), { code: "output-unwritable" });
      }
      assert.deepEqual(await readdir(folder), ["file"]);
    });
  });

  it("two conversions into one folder at once: one whole model, and nothing beside it", async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "model");
      const results = await Promise.allSettled([
        convertCheckpoint(toyRequest(out)),
        convertCheckpoint(toyRequest(out)),
      ]);
      const failed = results.filter((result) => result.status === "rejected");
      assert.equal(failed.length, 1);
      assert.ok(VlaPrunerError.is(failed[0]?.reason), String(failed[0]?.reason));
      assert.deepEqual(await readdir(folder), ["model"]);
      for (const name of ["config.json", "onnx/first.onnx_data", "onnx/second.onnx_data"])
        await access(join(out, name));
    });
  });
});
