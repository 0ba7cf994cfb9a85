import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import type { FloatType } from "../../src/graph/value-types.ts";
import { DataFiles } from "../../src/weights/data-files.ts";
import { float16Value } from "@vla-pruner/format";
import { writeWeight } from "../../src/weights/write-weight.ts";
import type { FloatPlan } from "../../src/weights/write-weight.ts";
import { FLOAT_TYPES } from "../support/assert-close.ts";
import type { MapSource } from "../support/map-source.ts";
import { noiseWeights } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { withFolder } from "../support/temporary-folder.ts";

/** What a plan leaves on disk, behind another tensor of ten bytes. */
async function written(
  plan: FloatPlan,
  type: FloatType,
  source: MapSource,
  block?: number,
): Promise<number[]> {
  return withFolder(async (folder) => {
    const files = new DataFiles(folder, "g.onnx");
    await files.allocate(10);
    const { location, offset, length } = await writeWeight(plan, type, source, files, block);
    await files.close();
    const bytes = (await readFile(join(folder, location))).subarray(offset);
    assert.equal(bytes.length, length);
    const copy = new Uint8Array(bytes).buffer;
    return type === "float32" ? [...new Float32Array(copy)] : [...new Uint16Array(copy)].map(float16Value);
  });
}

/** Values that are small multiples of 1/8 are the same in both types. */
function exact(source: MapSource): MapSource {
  return source.map((value) => Math.round(value * 64) / 8);
}

const HEIGHTS = [4, 1, 7];
const WIDTH = 6;
const matrices = exact(
  noiseWeights(Object.fromEntries(HEIGHTS.map((height, index) => [`m${index}`, [height, WIDTH]]))),
);

function transposedPlan(count: number): FloatPlan {
  const tensors = matrices.names.slice(0, count);
  return {
    kind: "transposed",
    tensors,
    dims: [WIDTH, HEIGHTS.slice(0, count).reduce((sum, height) => sum + height, 0)],
  };
}

describe("writeWeight", () => {
  for (const type of FLOAT_TYPES) {
    it(`lays matrices side by side, transposed, whatever the block (${type})`, async () => {
      for (const count of [1, 2, 3]) {
        const rows = matrices.names.slice(0, count).flatMap((name) => rowsOf(matrices.values(name), WIDTH));
        const expected = Array.from({ length: WIDTH }, (_, column) => rows.map((row) => row[column]));
        for (const block of [1, WIDTH, 2 * WIDTH + 1, 3 * WIDTH, 1000, undefined]) {
          assert.deepEqual(
            await written(transposedPlan(count), type, matrices, block),
            expected.flat(),
            `block ${block}`,
          );
        }
      }
    });

    it(`copies tensors end to end and adds what it is told to, whatever the block (${type})`, async () => {
      const all = matrices.names.flatMap((name) => matrices.values(name));
      for (const plus of [0, 1]) {
        const expected = plus === 0 ? all : all.map((value) => value + plus);
        const plan: FloatPlan = { kind: "copied", tensors: matrices.names, dims: [all.length], plus };
        for (const block of [1, 5, 7, 1000, undefined]) {
          assert.deepEqual(await written(plan, type, matrices, block), expected, `block ${block}`);
        }
      }
    });

    it(`writes values that were computed (${type})`, async () => {
      const plan: FloatPlan = { kind: "computed", values: Float32Array.of(0.5, -2, 3), dims: [3] };
      assert.deepEqual(await written(plan, type, matrices), [0.5, -2, 3]);
    });
  }

  it("never asks for more than a block at once, and for every element once", async () => {
    const sizes = fc.record({
      height: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 9 }),
      block: fc.integer({ min: 9, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async ({ height, width, block }, turned) => {
        const source = noiseWeights({ matrix: [height, width] });
        const tensors = ["matrix"];
        const plan: FloatPlan = turned
          ? { kind: "transposed", tensors, dims: [width, height] }
          : { kind: "copied", tensors, dims: [height, width], plus: 0 };
        await written(plan, "float32", source, block);
        assert.ok(source.reads.every(({ count }) => count <= block));
        const asked = source.reads.flatMap(({ start, count }) =>
          Array.from({ length: count }, (_, index) => start + index),
        );
        assert.deepEqual(
          asked,
          Array.from({ length: height * width }, (_, index) => index),
        );
      }),
      { numRuns: 30 },
    );
  });
});
