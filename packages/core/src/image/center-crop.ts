import type { RgbImage } from "./to-rgb.ts";

/**
 * Centre crop of a share of the area, scaled to `size` × `size` by bilinear sampling: what the LIBERO
 * evaluation of OpenVLA does with `area = 0.9` (TensorFlow's `crop_and_resize` in float32, then
 * `floor(x · 255.5)`).
 */
export function centerCrop(image: RgbImage, area: number, size: number): RgbImage {
  const { fround } = Math;
  const rows = samples(image.height, area, size);
  const columns = samples(image.width, area, size);
  const source = image.data;
  const data = new Uint8Array(size * size * 3);
  let out = 0;
  for (const row of rows) {
    const upper = row.low * image.width * 3;
    const lower = row.high * image.width * 3;
    for (const { low, high, share } of columns) {
      for (let channel = 0; channel < 3; channel += 1) {
        const left = low * 3 + channel;
        const right = high * 3 + channel;
        const top = mix(unit(source, upper + left), unit(source, upper + right), share);
        const bottom = mix(unit(source, lower + left), unit(source, lower + right), share);
        const value = Math.min(1, Math.max(0, mix(top, bottom, row.share)));
        data[out] = Math.min(255, Math.floor(fround(value * 255.5)));
        out += 1;
      }
    }
  }
  return { data, width: size, height: size };
}

/** Levels 0 … 255 as float32 in 0 … 1, as TensorFlow converts them. */
const UNIT = Float32Array.from({ length: 256 }, (_, level) => level * Math.fround(1 / 255));

function unit(source: Uint8Array, index: number): number {
  return UNIT[source[index] as number] as number;
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
