import assert from "node:assert/strict";
import { readFrame } from "../../src/index.ts";
import { normalizeInto, resizeBicubic, toRgb } from "../../src/adapter/index.ts";
import type { ChannelStatistics } from "../../src/adapter/index.ts";
import { picturePath, readGolden, sha256 } from "../support/golden.ts";
import type { Samples } from "../support/golden.ts";

/** What the Prismatic image processor makes of a picture, with torchvision on Pillow. */
interface ImageProcessorGolden {
  readonly normalize: readonly ChannelStatistics[];
  readonly images: readonly {
    readonly file: string;
    /** One hash for each vision tower. */
    readonly resized: { readonly sha256: readonly string[] };
    readonly pixelValues: Samples;
  }[];
}

const golden = readGolden("image_processor.json") as ImageProcessorGolden;
const PIXELS = 224 * 224;

describe("image processor against torchvision", () => {
  for (const { file, resized, pixelValues } of golden.images) {
    it(`resizes and normalises ${file} bit for bit`, async function () {
      const path = picturePath(this, file);
      const image = resizeBicubic(toRgb(await readFrame(path)), 224, 224);
      for (const hash of resized.sha256) assert.equal(sha256(image.data), hash);
      const tensor = new Float32Array(golden.normalize.length * 3 * PIXELS);
      for (const [tower, statistics] of golden.normalize.entries()) {
        normalizeInto(tensor, tower * 3 * PIXELS, image, statistics);
      }
      assert.deepEqual(
        pixelValues.indices.map((index) => tensor[index]),
        pixelValues.values.map(Math.fround),
      );
    });
  }
});

describe("resizeBicubic", () => {
  it("gives the sides that were asked for, the other way round as well", () => {
    const image = { data: new Uint8Array(5 * 3 * 3).fill(77), width: 5, height: 3 };
    const { data, width, height } = resizeBicubic(image, 2, 7);
    assert.deepEqual([width, height, data.length], [2, 7, 42]);
    assert.ok(
      data.every((value) => value === 77),
      "a plain picture stays plain",
    );
  });

  it("clips overshoot at an edge instead of wrapping round", () => {
    const data = Uint8Array.from({ length: 8 * 3 }, (_, index) => (index < 12 ? 0 : 255));
    const wide = resizeBicubic({ data, width: 8, height: 1 }, 32, 1).data;
    const reds = Array.from({ length: 32 }, (_, column) => wide[column * 3] ?? -1);
    assert.deepEqual(
      reds,
      reds.toSorted((a, b) => a - b),
    );
  });
});
