import { resample } from "./resample.ts";
import type { RgbImage } from "./to-rgb.ts";

/** Bicubic resize with antialiasing, equal to Pillow's `BICUBIC` bit for bit. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, { support: 2, kernel: cubic });
}

/** Keys' cubic convolution kernel, a = −0.5. */
function cubic(value: number): number {
  const x = Math.abs(value);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}
