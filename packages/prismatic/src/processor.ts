import { centerCrop, checkPixels, normalizeInto, resizeBicubic, toRgb } from "@vla-pruner/core/adapter";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { CameraFrame, Observation, PixelValues } from "@vla-pruner/core";
import type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";

/** Share of the area that the LIBERO evaluation crops to, for models trained with random crops. */
export const CROP_AREA = 0.9;

/**
 * An observation's `pixel_values [views, 3 · towers, side, side]`: given ones, or those of its frames.
 *
 * @param views how many there are
 * @param choose picks the frames, in the order of the views
 * @throws `observation-invalid`, `image-invalid`
 */
export function prismaticPixels(
  { pixelValues, images }: Observation,
  config: ImageProcessorConfig,
  crop: boolean,
  views: number,
  choose: (images: Observation["images"]) => readonly CameraFrame[],
): Required<PixelValues> {
  const { size, normalize } = config;
  if (pixelValues === undefined) return processFrames(choose(images), config, crop);
  return checkPixels(pixelValues, [views, 3 * normalize.length, size, size]);
}

/**
 * Camera frames → `pixel_values [frames, 3 · towers, side, side]` (Prismatic's image processor): resized with
 * Pillow's bicubic filter, then normalised once for each tower.
 */
export function processFrames(
  frames: readonly CameraFrame[],
  config: ImageProcessorConfig,
  crop: boolean,
): Required<PixelValues> {
  const { size, normalize } = config;
  const plane = 3 * size * size;
  const data = new Float32Array(frames.length * normalize.length * plane);
  for (const [index, frame] of frames.entries()) {
    const rgb = crop ? centerCrop(toRgb(frame), CROP_AREA, size) : toRgb(frame);
    const square = toSquare(rgb, config);
    for (const [tower, statistics] of normalize.entries())
      normalizeInto(data, (index * normalize.length + tower) * plane, square, statistics);
  }
  return { data, dims: [frames.length, 3 * normalize.length, size, size] };
}

function toSquare(image: RgbImage, { size, strategy, fill }: ImageProcessorConfig): RgbImage {
  if (strategy === "resize-naive") return resizeBicubic(image, size, size);
  // A border of odd width leaves a padded picture one pixel short of square, and the crop takes that.
  const framed = strategy === "letterbox" ? letterbox(image, fill) : image;
  const { width, height } = framed;
  const longer = Math.floor((size * Math.max(width, height)) / Math.min(width, height));
  const wide = width > height;
  return cutMiddle(resizeBicubic(framed, wide ? longer : size, wide ? size : longer), size);
}

/** Pads the shorter side on both ends, as Prismatic does before resizing. */
function letterbox(image: RgbImage, fill: readonly number[]): RgbImage {
  const side = Math.max(image.width, image.height);
  const left = Math.floor((side - image.width) / 2);
  const top = Math.floor((side - image.height) / 2);
  const width = image.width + 2 * left;
  const height = image.height + 2 * top;
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < data.length; index += 1) data[index] = fill[index % 3] ?? 0;
  for (let row = 0; row < image.height; row += 1) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    data.set(line, ((row + top) * width + left) * 3);
  }
  return { data, width, height };
}

function cutMiddle(image: RgbImage, size: number): RgbImage {
  const left = halfToEven(image.width - size);
  const top = halfToEven(image.height - size);
  const data = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row += 1) {
    const start = ((row + top) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + size * 3), row * size * 3);
  }
  return { data, width: size, height: size };
}

/** Half of a whole number, x.5 to the even neighbour: how torchvision, in Python, rounds. */
function halfToEven(value: number): number {
  const half = Math.floor(value / 2);
  return value % 2 === 0 || half % 2 === 0 ? half : half + 1;
}
