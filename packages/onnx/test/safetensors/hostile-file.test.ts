import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { VlaPrunerError } from "@vla-pruner/format";
import { SafetensorsCheckpoint } from "../../src/safetensors/checkpoint.ts";
import { entry, openHandles, safetensorsBytes, writeFiles } from "../support/checkpoint-files.ts";
import { withFolder } from "../support/temporary-folder.ts";

const data = new Uint8Array(16);
const lengthOnly = (length: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(length);
  return bytes;
};
const withEntry = (value: unknown, name = "a"): Buffer =>
  safetensorsBytes(JSON.stringify({ [name]: value }), data);

const CASES: Readonly<Record<string, readonly [code: string, bytes: Uint8Array]>> = {
  "an empty file": ["checkpoint-truncated", new Uint8Array(0)],
  "a file of four bytes": ["checkpoint-truncated", Uint8Array.of(1, 0, 0, 0)],
  "a header that goes beyond the file": [
    "checkpoint-truncated",
    Buffer.concat([lengthOnly(1000n), Buffer.from("{}")]),
  ],
  "a header of absurd length": ["checkpoint-invalid", lengthOnly(2n ** 63n)],
  "an empty header": ["checkpoint-invalid", lengthOnly(0n)],
  "a header that is not JSON": ["checkpoint-invalid", safetensorsBytes("{a")],
  "a header that is a list": ["checkpoint-invalid", safetensorsBytes("[]")],
  "a header that is nothing": ["checkpoint-invalid", safetensorsBytes("null")],
  "an entry that is nothing": ["checkpoint-invalid", withEntry(null)],
  "an entry that is text": ["checkpoint-invalid", withEntry("F32")],
  "an entry without a type": ["checkpoint-invalid", withEntry({ shape: [1], data_offsets: [0, 4] })],
  "an entry without offsets": ["checkpoint-invalid", withEntry({ dtype: "F32", shape: [1] })],
  "three offsets": ["checkpoint-invalid", withEntry({ dtype: "F32", shape: [1], data_offsets: [0, 4, 8] })],
  "a shape of half numbers": ["checkpoint-invalid", withEntry(entry([0.5], 0, 2))],
  "a negative size": ["checkpoint-invalid", withEntry(entry([-1], 0, 4))],
  "a shape that needs more than its range": ["checkpoint-invalid", withEntry(entry([3], 0, 8))],
  "a shape that needs less than its range": ["checkpoint-invalid", withEntry(entry([1], 0, 8))],
  "a range that ends before it begins": ["checkpoint-invalid", withEntry(entry([1], 8, 4))],
  "an F8 range that ends before it begins": ["checkpoint-invalid", withEntry(entry([1], 8, 4, "F8_E4M3"))],
  "a negative offset": ["checkpoint-invalid", withEntry(entry([1], -4, 0))],
  "a shape too large for any number": [
    "checkpoint-invalid",
    withEntry(entry([2 ** 52, 2 ** 52, 2 ** 52], 0, 8)),
  ],
  "a range over the end": ["checkpoint-truncated", withEntry(entry([2], 12, 20))],
  "a range far over the end": ["checkpoint-truncated", withEntry(entry([2 ** 40], 0, 2 ** 42))],
};

/** Opens a folder whose model.safetensors holds these bytes, expects a failure, and looks for open files. */
async function failure(bytes: Uint8Array): Promise<unknown> {
  return withFolder(async (folder) => {
    await writeFiles(folder, { "model.safetensors": bytes });
    try {
      await (await SafetensorsCheckpoint.open(folder)).close();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      assert.deepEqual((await openHandles(folder)) ?? [], [], "a file was left open");
    }
  });
}

describe("hostile safetensors files", () => {
  for (const [name, [code, bytes]] of Object.entries(CASES)) {
    it(`${name}: ${code}`, async () => {
      const error = await failure(bytes);
      assert.ok(VlaPrunerError.is(error, code as VlaPrunerError["code"]), String(error));
    });
  }

  it("a header of very many tensors is only long", async () => {
    const tensors = Array.from({ length: 150_000 }, (_, index) => [`t${index}`, entry([0], 0, 0)]);
    assert.equal(await failure(safetensorsBytes(JSON.stringify(Object.fromEntries(tensors)))), undefined);
  });

  it("names that are words of the language are names", async () => {
    const header = `{"__proto__": ${JSON.stringify(entry([1], 0, 4))}, "constructor": ${JSON.stringify(entry([1], 4, 8))}}`;
    await withFolder(async (folder) => {
      await writeFiles(folder, { "model.safetensors": safetensorsBytes(header, data) });
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      assert.deepEqual(checkpoint.names, ["__proto__", "constructor"]);
      await checkpoint.close();
    });
  });

  it("a folder in place of the file is refused like any other damage", async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, "model.safetensors"));
      await assert.rejects(SafetensorsCheckpoint.open(folder), { code: "checkpoint-invalid" });
      assert.deepEqual((await openHandles(folder)) ?? [], []);
    });
  });

  it("random bytes fail with an error of ours, or not at all", async () => {
    const json = fc.json().map((text) => safetensorsBytes(text, data));
    const parts = fc.record({
      dtype: fc.constantFrom("F32", "F16", "I64", "X", 3),
      shape: fc.array(fc.integer({ min: -1, max: 4 })),
      data_offsets: fc.array(fc.integer({ min: -2, max: 20 })),
    });
    const header = fc
      .dictionary(fc.string(), parts)
      .map((value) => safetensorsBytes(JSON.stringify(value), data));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), json, header), async (bytes) => {
        const error = await failure(bytes);
        assert.ok(error === undefined || VlaPrunerError.is(error), String(error));
      }),
      { numRuns: 150 },
    );
  });
});
