import { VlaPrunerError } from "@vla-pruner/format";
import { requireLibraries } from "./device/missing-libraries.ts";
import { probeDevice, quietRuntime } from "./device/probe-device.ts";
import type { Device } from "./devices.ts";
import type { GraphSession } from "./graph-session.ts";
import { openRaw } from "./open-raw.ts";
import { wrapSession } from "./wrap-session.ts";

export { nativeRuntime } from "./device/native-libraries.ts";
export { probeDevice } from "./device/probe-device.ts";

/** Of a session that is opened by its path. */
export interface OpenOptions {
  /** As `VlaModel.from_pretrained` takes it. */
  readonly keepBuffers?: boolean | undefined;
  readonly threads?: number | undefined;
  /** For errors; its path where absent. */
  readonly name?: string;
}

/**
 * Opens one ONNX file, with its external data beside it, in Node: for tools and tests without a model directory.
 *
 * @param deviceOutputs outputs that stay on the device between runs: WebGPU and `cuda-graphs`
 * @throws `device-unavailable`, `model-invalid`, `invalid-option`; in browsers `usage`
 */
export async function openSession(
  path: string,
  device: Device = "cpu",
  deviceOutputs: readonly string[] = [],
  { name = path, ...options }: OpenOptions = {},
): Promise<GraphSession> {
  requireDevice(device);
  try {
    return wrapSession(name, await openRaw(path, device, { ...options, deviceOutputs }));
  } catch (cause) {
    await throwIfDown(device);
    throw new VlaPrunerError("model-invalid", {
      expected: `an ONNX graph at ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path and the data files beside it",
      cause,
    });
  }
}

/** Called before the first session on a device. @throws `device-unavailable` where it cannot come up */
export function requireDevice(device: Device): void {
  requireLibraries(device);
  quietRuntime();
}

/** Tells a model that cannot be opened from a device that does not work. @throws `device-unavailable` */
export async function throwIfDown(device: Device): Promise<void> {
  if (device !== "cpu") await probeDevice(device);
}
