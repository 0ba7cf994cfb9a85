import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkVlaBlock, inDtypes, sessionFiles, VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import { InferenceSession } from "onnxruntime-node";
import { convertCheckpoint } from "../../src/convert/convert-checkpoint.ts";
import type { ConvertedDtypes } from "../../src/convert/dtypes.ts";
import { directoryBytes } from "../support/directory-bytes.ts";
import { withFolder } from "../support/temporary-folder.ts";
import { toyRequest, toyWeights } from "../support/toy-recipe.ts";

const SIZE = 160;
const quantized = { checkpoint: toyWeights(SIZE), config: { size: SIZE } };

/** Type of a session's input `x`, as ONNX Runtime sees it. */
async function borderOf(path: string): Promise<string> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
  const [input] = session.inputMetadata;
  await session.release();
  return input?.isTensor === true ? input.type : "none";
}

/** A choice, the dtype of the model and of its two sessions, and the type between them. */
const CHOICES: readonly (readonly [ConvertedDtypes, string, readonly [string, string], string])[] = [
  ["q8", "q8", ["first_quantized", "second_quantized"], "float32"],
  ["q4", "q4", ["first_q4", "second_q4"], "float32"],
  ["q4f16", "q4f16", ["first_q4f16", "second_q4f16"], "float16"],
  [{ "*": "q4", first: "fp16" }, "q4", ["first_fp16", "second_q4"], "float32"],
  [{ "*": "q4f16", first: "fp16" }, "q4f16", ["first_fp16", "second_q4f16"], "float16"],
  [["q8", "q4"], "q8", ["first_quantized", "first_q4"], "float32"],
  [{ "*": "q4f16", second: ["q4f16", "q8"] }, "q4f16", ["second_q4f16", "second_quantized"], "float32"],
  [{ second: "q8" }, "fp32", ["first", "second_quantized"], "float32"],
];

describe("a conversion to quantised dtypes", () => {
  for (const [dtype, common, files, border] of CHOICES) {
    it(`${JSON.stringify(dtype)}: ${files.join(", ")}, ${border} between them`, async () => {
      await withFolder(async (folder) => {
        const out = join(folder, "model");
        await convertCheckpoint(toyRequest(out, { ...quantized, dtype }));
        const { vla } = JSON.parse(await readFile(join(out, "config.json"), "utf8")) as {
          vla: { dtype: string };
        };
        assert.equal(vla.dtype, common);
        for (const file of files) assert.equal(await borderOf(join(out, "onnx", `${file}.onnx`)), border);
      });
    });
  }

  it("writes a session in several dtypes, the first as its own, the others beside it", async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "model");
      await convertCheckpoint(toyRequest(out, { ...quantized, dtype: { first: ["q8", "q4", "fp32"] } }));
      const config = JSON.parse(await readFile(join(out, "config.json"), "utf8")) as { vla: VlaBlock };
      const vla = checkVlaBlock(config, out);
      assert.deepEqual(
        Object.entries(vla.sessions).map(([name, { dtype, variants = {} }]) => [
          name,
          dtype,
          Object.keys(variants),
        ]),
        [
          ["first", "q8", ["q4", "fp32"]],
          ["second", undefined, []],
        ],
      );
      const sizes = new Map(
        Object.entries(await directoryBytes(out)).map(([name, { length }]) => [name, length]),
      );
      for (const chosen of ["q8", "q4", "fp32"]) {
        const { first } = inDtypes(vla, { first: chosen }).sessions;
        assert.ok(first !== undefined);
        for (const { file, bytes } of sessionFiles(vla, first)) assert.equal(sizes.get(file), bytes, file);
      }
    });
  });

  for (const dtype of ["fp32_q4", { "*": "fp16", second: ["fp16", "fp16_q4f16"] }] as const) {
    it(`refuses ${JSON.stringify(dtype)} where no pass is over one row, and names the session`, async () => {
      await withFolder(async (folder) => {
        const out = join(folder, "model");
        const found = typeof dtype === "string" ? /first/u : /second/u;
        await assert.rejects(convertCheckpoint(toyRequest(out, { ...quantized, dtype })), (error) => {
          assert.ok(VlaPrunerError.is(error));
          assert.equal(error.code, "invalid-option");
          assert.match(error.found, found);
          return true;
        });
        await assert.rejects(stat(out));
      });
    });
  }

  it("reports each matrix, with an error that fits its format", async () => {
    await withFolder(async (folder) => {
      const request = { ...quantized, dtype: { first: "q8", second: "q4" }, block: 128 };
      const report = await convertCheckpoint(toyRequest(join(folder, "model"), request));
      const seen = report.quantized.map(({ session, tensors, rows, width, format, block }) =>
        [session, tensors, rows, width, format, block].join(" "),
      );
      assert.deepEqual(seen, [
        "first first.a 160 160 int8 160",
        "first first.b 160 160 int8 160",
        "second second.a 160 160 int4 128",
        "second second.b 160 160 int4 128",
      ]);
      for (const { format, relativeError } of report.quantized)
        assert.ok(format === "int8" ? relativeError < 0.008 : relativeError > 0.05 && relativeError < 0.1);
    });
  });

  for (const dtype of ["q8", "q4", "q4f16"]) {
    it(`${dtype}: however many threads work on it, the same bytes`, async () => {
      await withFolder(async (folder) => {
        const [one, several] = [join(folder, "one"), join(folder, "several")];
        for (const [out, threads] of [
          [one, 0],
          [several, 3],
        ] as const)
          await convertCheckpoint(toyRequest(out, { ...quantized, dtype, threads }));
        assert.deepEqual(await directoryBytes(one), await directoryBytes(several));
      });
    });
  }
});
