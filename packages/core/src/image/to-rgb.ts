import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraFrame } from "../observation.ts";

/** A picture of three uint8 channels, `[height, width, 3]`. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * A camera frame as RGB: grey is repeated, alpha is dropped (as PIL's `convert("RGB")` does).
 *
 * @throws `image-invalid` for other channel counts, empty sizes, floats, or data of the wrong length
 */
export function toRgb(frame: CameraFrame): RgbImage {
  const { data, width, height, channels } = frame ?? {};
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw invalid(
      "camera frames as uint8 data",
      data === undefined ? "no data" : Object.prototype.toString.call(data),
      "scale floats in 0 … 1 to 0 … 255 and round them",
    );
  }
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw invalid("a frame of at least one pixel", `${width} × ${height}`, "pass width and height in pixels");
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw invalid(
      "1, 3 or 4 channels, on the last axis",
      String(channels),
      "pass an RGB frame, [height, width, 3]",
    );
  }
  if (data.length !== width * height * channels) {
    throw invalid(
      `${width} × ${height} × ${channels} = ${width * height * channels} values`,
      String(data.length),
      "check width, height and channels of the frame",
    );
  }
  if (channels === 3)
    return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height };
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[pixel * 3 + channel] = data[pixel * channels + (channels === 4 ? channel : 0)] ?? 0;
    }
  }
  return { data: rgb, width, height };
}

function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("image-invalid", { expected, found, fix });
}
