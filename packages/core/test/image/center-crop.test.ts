import assert from "node:assert/strict";
import { readFrame } from "../../src/index.ts";
import { centerCrop, toRgb } from "../../src/adapter/index.ts";
import { picturePath, readGolden, sha256 } from "../support/golden.ts";
import type { Samples } from "../support/golden.ts";

/** What TensorFlow's `crop_and_resize` makes of a picture in OpenVLA's LIBERO evaluation. */
interface CenterCropGolden {
  readonly area: number;
  readonly images: readonly (Samples & { readonly file: string; readonly sha256: string })[];
}

const golden = readGolden("center_crop.json") as CenterCropGolden;

describe("centerCrop", () => {
  for (const { file, sha256: hash, indices, values } of golden.images) {
    it(`crops ${file} as TensorFlow does, bit for bit`, async function () {
      const path = picturePath(this, file);
      const { data } = centerCrop(toRgb(await readFrame(path)), golden.area, 224);
      assert.deepEqual(
        indices.map((index) => data[index]),
        [...values],
      );
      assert.equal(sha256(data), hash);
    });
  }

  it("leaves a picture as it is at area 1 and its own size", () => {
    const data = Uint8Array.from({ length: 4 * 4 * 3 }, (_, index) => index * 5);
    assert.deepEqual(centerCrop({ data, width: 4, height: 4 }, 1, 4).data, data);
  });
});
