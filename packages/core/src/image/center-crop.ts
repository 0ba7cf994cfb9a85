import type { RgbImage } from "./to-rgb.ts";

/**
 * Centre crop of a share of the area, scaled to `size` × `size` by bilinear sampling: what the LIBERO
 * evaluation of OpenVLA does with `area = 0.9` (TensorFlow's `crop_and_resize` in float32, then
 * `floor(x · 255.5)`).
 */
export function centerCrop(image: RgbImage, area: number, size: number): RgbImage {
  const rows = samples(image.height, area, size);
  const columns = samples(image.width, area, size);
  const data = new Uint8Array(size * size * 3);
  const pixel = (row: number, column: number, channel: number): number =>
    Math.fround((image.data[(row * image.width + column) * 3 + channel] ?? 0) * Math.fround(1 / 255));
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      for (let channel = 0; channel < 3; channel += 1) {
        const top = mix(
          pixel(row.low, column.low, channel),
          pixel(row.low, column.high, channel),
          column.share,
        );
        const bottom = mix(
          pixel(row.high, column.low, channel),
          pixel(row.high, column.high, channel),
          column.share,
        );
        const value = Math.min(1, Math.max(0, mix(top, bottom, row.share)));
        data[(y * size + x) * 3 + channel] = Math.min(255, Math.floor(Math.fround(value * 255.5)));
      }
    }
  }
  return { data, width: size, height: size };
}

interface Sample {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Where along one side each output pixel reads, in float32 as TensorFlow computes it. */
function samples(length: number, area: number, size: number): Sample[] {
  const { fround } = Math;
  const side = fround(Math.sqrt(fround(area)));
  const begin = fround(fround(1 - side) / 2);
  const end = fround(begin + side);
  const step = size > 1 ? fround(fround(fround(end - begin) * fround(length - 1)) / fround(size - 1)) : 0;
  const origin = fround(begin * fround(length - 1));
  return Array.from({ length: size }, (_, index) => {
    const position = fround(origin + fround(index * step));
    const low = Math.floor(position);
    return { low, high: Math.ceil(position), share: fround(position - low) };
  });
}

function mix(from: number, to: number, share: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * share));
}
