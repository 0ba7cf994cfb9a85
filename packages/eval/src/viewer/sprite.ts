import { constants } from "node:zlib";
import type { RgbImage } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/format";
import { PNG } from "pngjs";
import type { Sprite } from "./page-data.ts";

/** Browsers draw pictures up to 4096 px wide on any device. */
const WIDEST = 4096;

/**
 * Packs frames side by side, row after row. A pixel then lies close behind the same pixel of the frame before,
 * so that what stands still costs next to nothing after compression.
 *
 * @param frames at least one, all of one size
 * @throws `image-invalid` where sizes differ
 */
export function packFrames(frames: readonly RgbImage[]): Sprite {
  const { width = 1, height = 1 } = frames[0] ?? {};
  const columns = Math.min(frames.length, Math.max(1, Math.floor(WIDEST / width)));
  const rows = Math.ceil(frames.length / columns);
  const picture = new PNG({ width: columns * width, height: rows * height });
  picture.data.fill(255);
  for (const [index, frame] of frames.entries()) {
    if (frame.width !== width || frame.height !== height) throw otherSize(frame, width, height);
    const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const from = (y * width + x) * 3;
        picture.data.set(frame.data.subarray(from, from + 3), ((top + y) * picture.width + left + x) * 4);
      }
    }
  }
  const file = PNG.sync.write(picture, {
    colorType: 2,
    filterType: 0,
    deflateLevel: 9,
    deflateStrategy: constants.Z_DEFAULT_STRATEGY,
  });
  return { address: `data:image/png;base64,${file.toString("base64")}`, columns, width, height };
}

function otherSize(frame: RgbImage, width: number, height: number): VlaPrunerError {
  return new VlaPrunerError("image-invalid", {
    expected: `frames of one size a camera, ${width} × ${height} as the first`,
    found: `${frame.width} × ${frame.height}`,
    fix: "keep the camera's resolution during an episode",
  });
}
