import type { RgbImage } from "./to-rgb.ts";

/** Bicubic resize with antialiasing, equal to Pillow's `BICUBIC` bit for bit. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, { support: 2, kernel: cubic });
}

/** Bilinear resize with antialiasing, equal to Pillow's `BILINEAR` bit for bit. */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, { support: 1, kernel: triangle });
}

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

/** Bits of the fixed-point filter weights, as in Pillow, so that every rounding comes out the same. */
const PRECISION_BITS = 22;

/** A resampling filter, as Pillow describes one. */
interface ResampleFilter {
  /** How far from its centre the kernel reaches, in source pixels when enlarging. */
  readonly support: number;
  /** The kernel's weight at a distance from its centre. */
  readonly kernel: (distance: number) => number;
}

interface FilterWeights {
  readonly first: number;
  readonly weights: Int32Array;
}

/** Pillow's `resize`, which the VLA image processors are built on. */
function resample(image: RgbImage, width: number, height: number, filter: ResampleFilter): RgbImage {
  const wide = image.width === width ? image : resampleSide(image, width, filter, true);
  return wide.height === height ? wide : resampleSide(wide, height, filter, false);
}

function resampleSide(image: RgbImage, size: number, kernel: ResampleFilter, horizontal: boolean): RgbImage {
  const width = horizontal ? size : image.width;
  const height = horizontal ? image.height : size;
  const filters = filterWeights(horizontal ? image.width : image.height, size, kernel);
  const data = new Uint8Array(width * height * 3);
  const stride = horizontal ? 3 : image.width * 3;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const filter = filters[horizontal ? x : y];
      if (filter === undefined) continue;
      const origin = horizontal ? (y * image.width + filter.first) * 3 : (filter.first * image.width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 1 << (PRECISION_BITS - 1);
        for (let tap = 0; tap < filter.weights.length; tap += 1) {
          sum += (image.data[origin + tap * stride + channel] ?? 0) * (filter.weights[tap] ?? 0);
        }
        data[(y * width + x) * 3 + channel] = Math.min(
          255,
          Math.max(0, Math.floor(sum / 2 ** PRECISION_BITS)),
        );
      }
    }
  }
  return { data, width, height };
}

function filterWeights(from: number, to: number, filter: ResampleFilter): FilterWeights[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  return Array.from({ length: to }, (_, index) => {
    const center = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const last = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: last - first }, (_weight, tap) =>
      filter.kernel((tap + first - center + 0.5) / stretch),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const weights = Int32Array.from(raw, (weight) => {
      const scaled = (weight / total) * 2 ** PRECISION_BITS;
      return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    });
    return { first, weights };
  });
}
