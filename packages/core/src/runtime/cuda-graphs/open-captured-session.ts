import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { runtimeFolder } from "../device/native-libraries.ts";
import { CapturedSession } from "./captured-session.ts";
import { CudaMemory } from "./cuda-memory.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { NativeSession } from "./native-session.ts";
import type { NativeOptions } from "./native-session.ts";
import { OrtFunctions } from "./ort-functions.ts";

let runtime: OrtFunctions | undefined;
let gpu: DeviceMemory | undefined;

/**
 * Opens a graph on the first GPU, so that its kernels are replayed as one CUDA graph.
 *
 * @param graph its path, or its bytes
 * @param stays outputs that stay on the device
 * @throws `device-unavailable` elsewhere than on Linux; Error with what ONNX Runtime or the driver says
 */
export function openCapturedSession(
  graph: string | Uint8Array,
  stays: readonly string[],
  threads?: number,
): CapturedSession {
  if (process.platform !== "linux") throw notHere();
  gpu ??= new CudaMemory();
  try {
    return openCaptured({ graph, memory: gpu, captures: true, threads }, stays);
  } catch (error) {
    if (!isNoGraph(error)) throw error;
    return openCaptured({ graph, memory: gpu, captures: false, threads }, stays);
  }
}

/** The same in any memory. */
export function openCaptured(options: NativeOptions, stays: readonly string[]): CapturedSession {
  runtime ??= new OrtFunctions(join(runtimeFolder(), "libonnxruntime.so.1"));
  return new CapturedSession(new NativeSession(runtime, options), options, stays);
}

/** Loops, branches, and nodes that only a processor has cannot be captured. Such a session runs kernel by kernel. */
function isNoGraph(error: unknown): boolean {
  return error instanceof Error && error.message.includes("cannot use the graph capture feature");
}

function notHere(): VlaPrunerError {
  return new VlaPrunerError("device-unavailable", {
    expected: "cuda-graphs: Linux",
    found: process.platform,
    fix: "take device cuda or webgpu",
  });
}
