import type { Device } from "../runtime/devices.ts";

/** As in Node's file of this name; `cpu` is not there. */
export const DEFAULT_DEVICE: Device = "wasm";

/** A browser has no directories. */
export async function localDirectory(): Promise<null> {
  return null;
}
