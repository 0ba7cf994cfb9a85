import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Device } from "../runtime/devices.ts";

/** Where graphs run unless the user says otherwise. */
export const DEFAULT_DEVICE: Device = "cpu";

/** The absolute path of a directory on this machine, or `null` where there is none. */
export async function localDirectory(path: string): Promise<string | null> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch(() => null);
  return found?.isDirectory() === true ? absolute : null;
}
