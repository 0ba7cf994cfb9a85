/**
 * Where graphs can run: ONNX Runtime's execution providers that are supported, in Node and in browsers. `tensorrt` leaves
 * to `cuda` what it cannot do.
 */
export const DEVICES = ["cpu", "webgpu", "cuda", "tensorrt", "wasm"] as const;

export type Device = (typeof DEVICES)[number];

/** Execution providers of a device, in the order in which ONNX Runtime asks them. */
export function executionProviders(device: Device): readonly Device[] {
  return device === "tensorrt" ? ["tensorrt", "cuda"] : [device];
}
