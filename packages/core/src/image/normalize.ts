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
  const { data, width, height } = image;
  const pixels = width * height;
  const [red, green, blue] = [0, 1, 2].map((channel) => normalizedLevels(statistics, channel)) as Levels;
  // One pass over the picture: three take twice as long.
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const place = offset + pixel;
    target[place] = red[data[3 * pixel] as number] as number;
    target[place + pixels] = green[data[3 * pixel + 1] as number] as number;
    target[place + 2 * pixels] = blue[data[3 * pixel + 2] as number] as number;
  }
}

type Levels = [red: Float32Array, green: Float32Array, blue: Float32Array];

/** What each of the 256 levels of a channel becomes. */
function normalizedLevels(statistics: ChannelStatistics, channel: number): Float32Array {
  const mean = Math.fround(statistics.mean[channel] ?? 0);
  const std = Math.fround(statistics.std[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, level) => Math.fround(Math.fround(level / 255) - mean) / std);
}
