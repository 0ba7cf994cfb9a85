/**
 * Where graphs can run, in Node and in browsers: ONNX Runtime's execution providers that are supported, and `cuda-graphs`, which
 * is `cuda` with the kernels of a session asked for at once. `tensorrt` leaves to `cuda` what it cannot do.
 */
export const DEVICES = ["cpu", "webgpu", "cuda", "cuda-graphs", "tensorrt", "wasm"] as const;

export type Device = (typeof DEVICES)[number];

/** Execution providers of a device, in the order in which ONNX Runtime asks them. */
export function executionProviders(device: Device): readonly string[] {
  if (device === "tensorrt") return ["tensorrt", "cuda"];
  return [device === "cuda-graphs" ? "cuda" : device];
}
