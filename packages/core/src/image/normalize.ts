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
    const levels = normalizedLevels(statistics, channel);
    const start = offset + channel * pixels;
    for (let pixel = 0; pixel < pixels; pixel += 1)
      target[start + pixel] = levels[image.data[pixel * 3 + channel] as number] as number;
  }
}

/** What each of the 256 levels of a channel becomes. */
function normalizedLevels(statistics: ChannelStatistics, channel: number): Float32Array {
  const mean = Math.fround(statistics.mean[channel] ?? 0);
  const std = Math.fround(statistics.std[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, level) => Math.fround(Math.fround(level / 255) - mean) / std);
}
