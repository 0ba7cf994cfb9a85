import type { RgbImage } from "./to-rgb.ts";

/** Mean and standard deviation of each channel, on values in 0 … 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * `(x / 255 − mean) / std`, channels first, in float32 as torchvision computes it.
 *
 * @param target receives `[3, height, width]` from `offset` on
 */
export function normalizeInto(
  target: Float32Array,
  offset: number,
  image: RgbImage,
  statistics: ChannelStatistics,
): void {
  const pixels = image.width * image.height;
  for (let channel = 0; channel < 3; channel += 1) {
    const mean = Math.fround(statistics.mean[channel] ?? 0);
    const std = Math.fround(statistics.std[channel] ?? 1);
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const value = Math.fround((image.data[pixel * 3 + channel] ?? 0) / 255);
      target[offset + channel * pixels + pixel] = Math.fround(value - mean) / std;
    }
  }
}
