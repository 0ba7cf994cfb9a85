import { VlaPrunerError } from "@vla-pruner/format";
import { InferenceSession } from "onnxruntime-node";
import type { Device } from "./devices.ts";
import type { GraphSession } from "./graph-session.ts";
import { sessionOptions } from "./session-options.ts";
import { wrapSession } from "./wrap-session.ts";

/**
 * Opens one ONNX file, with its external data beside it, in Node: for tools and tests without a model directory.
 *
 * @throws `model-invalid`; in browsers `usage`
 */
export async function openSession(path: string, device: Device = "cpu"): Promise<GraphSession> {
  try {
    const options = { ...sessionOptions(device), executionProviders: [device] };
    return wrapSession(path, await InferenceSession.create(path, options));
  } catch (cause) {
    throw new VlaPrunerError("model-invalid", {
      expected: `an ONNX graph at ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path and the data files beside it",
      cause,
    });
  }
}
