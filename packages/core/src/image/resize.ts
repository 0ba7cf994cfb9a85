import { filterTable } from "./filter-table.ts";
import type { ResampleFilter } from "./filter-table.ts";
import { packFilter } from "./packed-filter.ts";
import type { PackedFilter } from "./packed-filter.ts";
import { Recent } from "./recent.ts";
import { runResampler } from "./resampler.ts";
import type { RgbImage } from "./to-rgb.ts";

/** Bicubic resize with antialiasing, equal to Pillow's `BICUBIC` bit for bit. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, BICUBIC);
}

/** Bilinear resize with antialiasing, equal to Pillow's `BILINEAR` bit for bit. */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, BILINEAR);
}

const BICUBIC: ResampleFilter = { support: 2, kernel: cubic };
const BILINEAR: ResampleFilter = { support: 1, kernel: triangle };

/** Keys' cubic convolution kernel, a = −0.5. */
function cubic(value: number): number {
  const x = Math.abs(value);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function triangle(value: number): number {
  return Math.max(0, 1 - Math.abs(value));
}

/** Pillow's `resize`, which the VLA image processors are built on: rows first, then columns. */
function resample(image: RgbImage, width: number, height: number, filter: ResampleFilter): RgbImage {
  if (image.width === width && image.height === height) return image;
  const rows = image.width === width ? undefined : packed(image.width, width, filter, 3, TAPS_A_ROUND.rows);
  const columns =
    image.height === height
      ? undefined
      : packed(image.height, height, filter, width * 3, TAPS_A_ROUND.columns);
  return runResampler(image, rows && { ...rows, width }, columns && { ...columns, height });
}

/** How many taps each loop of `resample.wat` takes at once. */
const TAPS_A_ROUND = { rows: 4, columns: 2 };

const filters = new Recent<PackedFilter>(16);

function packed(from: number, to: number, filter: ResampleFilter, step: number, taps: number): PackedFilter {
  const key = [filter.support, from, to, step, taps].join(" ");
  return filters.get(key, () => packFilter(filterTable(from, to, filter), step, taps));
}
