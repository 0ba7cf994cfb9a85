import type { CameraFrame } from "../observation.ts";

/** Whether no colour of a frame is above 1: a camera that is off, or floats in 0 … 1 taken for bytes. */
export function isDark({ data, channels }: CameraFrame): boolean {
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray) || data.length === 0) return false;
  return data.every((value, index) => value <= 1 || (channels === 4 && index % 4 === 3));
}
