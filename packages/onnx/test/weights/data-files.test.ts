import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { DataFiles } from "../../src/weights/data-files.ts";
import type { DataRegion } from "../../src/weights/data-files.ts";
import { withFolder } from "../support/temporary-folder.ts";

const PAGE = 4096;

/** Allocates and fills regions of these lengths: region `i` with bytes `i + 1`. */
async function fill(
  folder: string,
  limit: number | undefined,
  lengths: readonly number[],
): Promise<{ regions: DataRegion[]; sizes: number[] }> {
  const files = new DataFiles(folder, "g.onnx", limit);
  const regions: DataRegion[] = [];
  for (const [index, length] of lengths.entries()) {
    const region = await files.allocate(length);
    await files.write(region, 0, new Uint8Array(length).fill(index + 1));
    regions.push(region);
  }
  await files.close();
  return { regions, sizes: files.sizes };
}

describe("DataFiles", () => {
  it("places tensors in order: small ones on 64 bytes, large ones on pages", async () => {
    await withFolder(async (folder) => {
      const { regions, sizes } = await fill(folder, undefined, [10, 65, 4 * PAGE, 8]);
      assert.deepEqual(
        regions.map(({ offset }) => offset),
        [0, 64, PAGE, 5 * PAGE],
      );
      assert.deepEqual(sizes, [5 * PAGE + 8]);
    });
  });

  it("goes on in _data_1, _data_2 where the limit is reached; one tensor may exceed it", async () => {
    await withFolder(async (folder) => {
      const { regions, sizes } = await fill(folder, 128, [64, 64, 1, 500, 20]);
      const names = ["g.onnx_data", "g.onnx_data", "g.onnx_data_1", "g.onnx_data_2", "g.onnx_data_3"];
      assert.deepEqual(
        regions.map(({ location }) => location),
        names,
      );
      assert.deepEqual(sizes, [128, 1, 500, 20]);
    });
  });

  it("without tensors there is no file", async () => {
    await withFolder(async (folder) => {
      assert.deepEqual((await fill(folder, undefined, [])).sizes, []);
      assert.deepEqual(await readdir(folder), []);
    });
  });

  it("for any lengths, bytes come back where the regions say, and files are as long as reported", async () => {
    const lengths = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 4 * PAGE - 1, max: 5 * PAGE })),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(lengths, fc.constantFrom(undefined, 1000, 20_000), (sizes, limit) =>
        withFolder((folder) => check(folder, sizes, limit)),
      ),
      { numRuns: 25 },
    );
  });

  it("writes in pieces at any place of a region that is not filled otherwise", async () => {
    await withFolder(async (folder) => {
      const files = new DataFiles(folder, "g.onnx");
      const region = await files.allocate(4);
      await files.write(region, 2, Uint8Array.of(7));
      await files.close();
      assert.deepEqual([...(await readFile(join(folder, "g.onnx_data")))], [0, 0, 7, 0]);
    });
  });
});

async function check(folder: string, lengths: readonly number[], limit: number | undefined): Promise<void> {
  const { regions, sizes } = await fill(folder, limit, lengths);
  const names = (await readdir(folder)).toSorted();
  assert.deepEqual(
    await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size)),
    sizes,
  );
  for (const [index, { location, offset, length }] of regions.entries()) {
    const bytes = (await readFile(join(folder, location))).subarray(offset, offset + length);
    assert.equal(bytes.length, lengths[index]);
    assert.ok(bytes.every((byte) => byte === index + 1));
  }
}
