import { resample } from "./resample.ts";
import type { RgbImage } from "./to-rgb.ts";

/** Bilinear resize with antialiasing, equal to Pillow's `BILINEAR` bit for bit. */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resample(image, width, height, { support: 1, kernel: triangle });
}

function triangle(value: number): number {
  return Math.max(0, 1 - Math.abs(value));
}
