/**
 * ONNX Runtime session options for a policy of several sessions.
 *
 * Idle thread pools must not spin: alternating sessions would fight for the cores (3.8 ms against 1.4 ms
 * a pair of runs on two cores). Native errors arrive as exceptions, so the log stays quiet.
 *
 * @param deviceOutputs outputs that stay on the device between runs; WebGPU only
 */
export function sessionOptions(
  device: string,
  deviceOutputs: readonly string[] = [],
): Record<string, unknown> {
  const options: Record<string, unknown> = {
    logSeverityLevel: 4,
    extra: { session: { force_spinning_stop: "1" } },
  };
  if (device === "webgpu" && deviceOutputs.length > 0) {
    options["preferredOutputLocation"] = Object.fromEntries(
      deviceOutputs.map((name) => [name, "gpu-buffer"]),
    );
  }
  return options;
}
