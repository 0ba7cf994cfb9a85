import { normalizeInto, resizeBilinear, toRgb } from "@vla-pruner/core/adapter";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { CameraFrame, PixelValues } from "@vla-pruner/core";

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * Camera frames → `pixel_values [frames, 3, side, side]` in −1 … 1: resized with Pillow's bilinear filter
 * and padded with black (openpi-client's `resize_with_pad`).
 */
export function processFrames(frames: readonly CameraFrame[], side: number): Required<PixelValues> {
  const size = 3 * side * side;
  const data = new Float32Array(frames.length * size);
  for (const [index, frame] of frames.entries())
    normalizeInto(data, index * size, resizeWithPad(toRgb(frame), side), HALF);
  return { data, dims: [frames.length, 3, side, side] };
}

/** Fits a picture into a square, its proportions kept, the rest black. */
export function resizeWithPad(image: RgbImage, side: number): RgbImage {
  if (image.width === side && image.height === side) return image;
  const ratio = Math.max(image.width / side, image.height / side);
  const width = Math.max(1, Math.trunc(image.width / ratio));
  const height = Math.max(1, Math.trunc(image.height / ratio));
  const { data: resized } = resizeBilinear(image, width, height);
  const data = new Uint8Array(side * side * 3);
  const left = Math.trunc((side - width) / 2);
  const top = Math.trunc((side - height) / 2);
  for (let row = 0; row < height; row += 1) {
    data.set(resized.subarray(row * width * 3, (row + 1) * width * 3), ((row + top) * side + left) * 3);
  }
  return { data, width: side, height: side };
}
