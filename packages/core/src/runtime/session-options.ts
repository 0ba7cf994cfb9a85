import { VlaPrunerError } from "@vla-pruner/format";
import { executionProviders } from "./devices.ts";
import type { Device } from "./devices.ts";

/**
 * ONNX Runtime session options for a policy of several sessions.
 *
 * Idle thread pools must not spin: alternating sessions would fight for the cores (3.8 ms against 1.4 ms
 * a pair of runs on two cores). Native errors arrive as exceptions, so the log stays quiet.
 *
 * @param deviceOutputs outputs that stay on the device between runs; WebGPU only
 * @param threads threads of one session's operators; as many as there are cores where absent
 * @param keepBuffers WebGPU in Node: without it 50 buffers of 1 MB and 20 of 4 MB are kept, and a model of 7B needs
 *   more of them for its keys and values, at half a millisecond a buffer
 * @throws `invalid-option`
 */
export function sessionOptions(
  device: Device,
  deviceOutputs: readonly string[] = [],
  threads?: number,
  keepBuffers = false,
): Record<string, unknown> {
  const options: Record<string, unknown> = {
    logSeverityLevel: 4,
    extra: { session: { force_spinning_stop: "1" } },
  };
  if (device === "tensorrt") options["executionProviders"] = [...executionProviders(device)];
  if (typeof keepBuffers !== "boolean") throw notAFlag(keepBuffers);
  if (device === "webgpu" && keepBuffers)
    options["executionProviders"] = [{ name: device, storageBufferCacheMode: "simple" }];
  if (threads !== undefined) options["intraOpNumThreads"] = checkThreads(threads);
  if (device === "webgpu" && deviceOutputs.length > 0) {
    options["preferredOutputLocation"] = Object.fromEntries(
      deviceOutputs.map((name) => [name, "gpu-buffer"]),
    );
  }
  return options;
}

function notAFlag(found: unknown): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "keepBuffers: true or false",
    found: String(found),
    fix: "leave it out for false",
  });
}

function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 1024) return threads;
  throw new VlaPrunerError("invalid-option", {
    expected: "threads: a whole number from 1 to 1024",
    found: String(threads),
    fix: "leave it out for all cores",
  });
}
