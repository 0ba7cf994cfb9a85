import { VlaPrunerError } from "@vla-pruner/format";
import { InferenceSession } from "onnxruntime-node";
import { requireLibraries } from "./device/missing-libraries.ts";
import { probeDevice, quietRuntime } from "./device/probe-device.ts";
import { executionProviders } from "./devices.ts";
import type { Device } from "./devices.ts";
import type { GraphSession } from "./graph-session.ts";
import { sessionOptions } from "./session-options.ts";
import { wrapSession } from "./wrap-session.ts";

export { nativeRuntime } from "./device/native-libraries.ts";
export { probeDevice } from "./device/probe-device.ts";

/**
 * Opens one ONNX file, with its external data beside it, in Node: for tools and tests without a model directory.
 *
 * @param deviceOutputs outputs that stay on the device between runs; WebGPU only
 * @param keepBuffers as `VlaModel.from_pretrained` takes it
 * @throws `model-invalid`, `device-unavailable`; in browsers `usage`
 */
export async function openSession(
  path: string,
  device: Device = "cpu",
  deviceOutputs: readonly string[] = [],
  keepBuffers = false,
): Promise<GraphSession> {
  requireDevice(device);
  try {
    const options = {
      executionProviders: [...executionProviders(device)],
      ...sessionOptions(device, deviceOutputs, undefined, keepBuffers),
    };
    return wrapSession(path, await InferenceSession.create(path, options));
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

/**
 * Opens an ONNX file on a GPU so that its kernels are replayed as one CUDA graph, with its external data beside it.
 *
 * @param name for errors
 * @param stays outputs that stay on the GPU between runs
 * @throws `device-unavailable`, `model-invalid`; `invalid-option` where koffi is not installed
 */
export async function openCudaGraph(
  name: string,
  path: string,
  stays: readonly string[] = [],
): Promise<GraphSession> {
  requireDevice("cuda");
  const { openCapturedSession } = await import("./cuda-graph/open-captured-session.ts").catch((cause: unknown) => {
    throw noKoffi(cause);
  });
  return wrapSession(name, openCapturedSession(path, stays));
}

function noKoffi(cause: unknown): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "package koffi, through which CUDA graphs are asked for",
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "`npm install koffi`, or load without cudaGraphs",
    cause,
  });
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
