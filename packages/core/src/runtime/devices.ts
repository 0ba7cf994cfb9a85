/** Where graphs can run: ONNX Runtime's execution providers that are supported, in Node and in browsers. */
export const DEVICES = ["cpu", "webgpu", "cuda", "wasm"] as const;

export type Device = (typeof DEVICES)[number];
