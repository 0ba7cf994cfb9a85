import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { runtimeFolder } from "../device/native-libraries.ts";
import { CapturedSession } from "./captured-session.ts";
import { CudaMemory } from "./cuda-memory.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { NativeSession } from "./native-session.ts";
import { OrtFunctions } from "./ort-functions.ts";

let runtime: OrtFunctions | undefined;
let gpu: DeviceMemory | undefined;

/**
 * Opens an ONNX file on the first GPU, so that its kernels are replayed as one CUDA graph.
 *
 * @param stays outputs that stay on the device
 * @throws `device-unavailable` elsewhere than on Linux; Error with what ONNX Runtime or the driver says
 */
export function openCapturedSession(path: string, stays: readonly string[], memory?: DeviceMemory): CapturedSession {
  if (process.platform !== "linux") throw notHere();
  runtime ??= new OrtFunctions(join(runtimeFolder(), "libonnxruntime.so.1"));
  const at = memory ?? (gpu ??= new CudaMemory());
  try {
    return new CapturedSession(new NativeSession(runtime, at, path, true), at, stays, at.place === "Cuda");
  } catch (error) {
    if (process.env["VP_DEBUG"]) console.error(path, String(error));
    if (!isNoGraph(error)) throw error;
    return new CapturedSession(new NativeSession(runtime, at, path, false), at, stays, false);
  }
}

/** Loops, branches, and nodes that only a processor has cannot be captured. Such a session runs kernel by kernel. */
function isNoGraph(error: unknown): boolean {
  return error instanceof Error && error.message.includes("cannot use the graph capture feature");
}

function notHere(): VlaPrunerError {
  return new VlaPrunerError("device-unavailable", {
    expected: "CUDA graphs on Linux",
    found: process.platform,
    fix: "load without cudaGraphs",
  });
}
