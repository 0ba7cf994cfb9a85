import { VlaPrunerError } from "@vla-pruner/format";
import { InferenceSession } from "onnxruntime-node";
import { executionProviders } from "./devices.ts";
import type { Device } from "./devices.ts";
import { sessionOptions } from "./session-options.ts";
import type { RawSession } from "./wrap-session.ts";

interface RawOptions {
  readonly deviceOutputs?: readonly string[];
  readonly keepBuffers?: boolean | undefined;
  readonly threads?: number | undefined;
}

/**
 * Opens a graph in Node.
 *
 * @param graph its path, or its bytes
 * @throws `device-unavailable` where `cuda-graphs` lacks koffi; Error with what ONNX Runtime says
 */
export async function openRaw(
  graph: string | Uint8Array,
  device: Device,
  { deviceOutputs = [], keepBuffers, threads }: RawOptions = {},
): Promise<RawSession> {
  const options = {
    executionProviders: [...executionProviders(device)],
    ...sessionOptions(device, deviceOutputs, threads, keepBuffers),
  };
  if (device !== "cuda-graphs")
    return InferenceSession.create(graph as string, options) as Promise<unknown> as Promise<RawSession>;
  const { openCapturedSession } = await import("./cuda-graphs/open-captured-session.ts").catch(refuse);
  return openCapturedSession(graph, deviceOutputs, threads);
}

function refuse(cause: unknown): never {
  throw new VlaPrunerError("device-unavailable", {
    expected: "cuda-graphs: package koffi, through which ONNX Runtime is asked for CUDA graphs",
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "`npm install koffi`, or take device cuda",
    cause,
  });
}
