import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const require = createRequire(import.meta.url);

/** This package, and the repository. */
export const PACKAGE: string = resolve(import.meta.dirname, "..");
export const REPOSITORY: string = resolve(PACKAGE, "..", "..");

/** Where the site is written unless told otherwise. */
export const SITE: string = join(PACKAGE, "site");

/**
 * ONNX Runtime's files, of the build that runs on WebAssembly and on WebGPU. The version is the one that
 * transformers.js bundles the other half of.
 */
export const RUNTIME: string = dirname(
  require.resolve("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm"),
);
export const RUNTIME_NAME = "ort-wasm-simd-threaded.asyncify";

export const PHYSICS: string = require.resolve("@mujoco/mujoco/mujoco.wasm");
