import { centerCrop, normalizeInto, resizeBicubic, toRgb } from "@vla-pruner/core";
import type { CameraFrame, PixelValues, RgbImage } from "@vla-pruner/core";
import type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";

/** Share of the area that the LIBERO evaluation crops to, for models trained with random crops. */
const CROP_AREA = 0.9;

/**
 * Camera frame → `pixel_values [1, 3 · towers, side, side]` (Prismatic's image processor): resized with
 * Pillow's bicubic filter, then normalised once for each tower.
 */
export function processFrame(frame: CameraFrame, config: ImageProcessorConfig, crop: boolean): Required<PixelValues> {
  const { size, strategy, normalize } = config;
  const rgb = crop ? centerCrop(toRgb(frame), CROP_AREA, size) : toRgb(frame);
  const pixels = size * size;
  const data = new Float32Array(3 * normalize.length * pixels);
  for (const [index, statistics] of normalize.entries()) {
    const square = toSquare(rgb, size, strategy, normalize[0]?.mean ?? []);
    normalizeInto(data, index * 3 * pixels, square, statistics);
  }
  return { data, dims: [1, 3 * normalize.length, size, size] };
}

function toSquare(image: RgbImage, size: number, strategy: ImageProcessorConfig["strategy"], mean: readonly number[]): RgbImage {
  const { width, height } = image;
  if (strategy === "letterbox") return resizeBicubic(letterbox(image, mean), size, size);
  if (strategy === "resize-naive" || width === height) return resizeBicubic(image, size, size);
  const wide = width > height;
  const longer = Math.floor((size * Math.max(width, height)) / Math.min(width, height));
  const resized = resizeBicubic(image, wide ? longer : size, wide ? size : longer);
  return cutMiddle(resized, size);
}

/** Pads the shorter side with the mean colour, as Prismatic does before resizing. */
function letterbox(image: RgbImage, mean: readonly number[]): RgbImage {
  const side = Math.max(image.width, image.height);
  const left = Math.floor((side - image.width) / 2);
  const top = Math.floor((side - image.height) / 2);
  const width = image.width + 2 * left;
  const height = image.height + 2 * top;
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < data.length; index += 1) data[index] = Math.floor((mean[index % 3] ?? 0) * 255);
  for (let row = 0; row < image.height; row += 1) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    data.set(line, ((row + top) * width + left) * 3);
  }
  return { data, width, height };
}

function cutMiddle(image: RgbImage, size: number): RgbImage {
  const left = Math.round((image.width - size) / 2);
  const top = Math.round((image.height - size) / 2);
  const data = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row += 1) {
    const start = ((row + top) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + size * 3), row * size * 3);
  }
  return { data, width: size, height: size };
}
