import { writeFileSync } from "node:fs";
import type { CameraFrame } from "@vla-pruner/core";
import { PNG } from "pngjs";
import { orUnwritable } from "../unwritable.ts";

/** Writes what a library made of an SVG as a PNG; what has no channel of its own is opaque. @throws `output-unwritable` */
export function writePng(path: string, { data, width, height, channels }: CameraFrame): void {
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 4; channel += 1) {
      png.data[4 * pixel + channel] = channel < channels ? (data[channels * pixel + channel] ?? 0) : 255;
    }
  }
  orUnwritable(path, () => writeFileSync(path, PNG.sync.write(png)));
}
