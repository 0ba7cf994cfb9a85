import { VlaPrunerError } from "@vla-pruner/format";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { executionProviders } from "../devices.ts";
import type { Device } from "../devices.ts";
import { sessionOptions } from "../session-options.ts";
import { requireLibraries, whyNot } from "./missing-libraries.ts";
import { PRODUCT_GRAPH } from "./product-graph.ts";

/** How long a device took, in milliseconds. */
export interface DeviceProbe {
  /** From nothing to a session. */
  readonly open: number;
  /** A run of a graph of one product, `[2, 2]` by `[2, 2]`, after a first one. */
  readonly run: number;
}

/** Errors arrive as exceptions; before the first session, so that the runtime itself keeps quiet. */
export function quietRuntime(): void {
  env.logLevel = "fatal";
}

/**
 * Runs a tiny graph on a device.
 *
 * @throws `device-unavailable`, naming the library that is missing
 */
export async function probeDevice(device: Device): Promise<DeviceProbe> {
  requireLibraries(device);
  quietRuntime();
  try {
    const begin = performance.now();
    const session = await InferenceSession.create(PRODUCT_GRAPH, {
      ...sessionOptions(device),
      executionProviders: [...executionProviders(device)],
    });
    const opened = performance.now();
    const x = new Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]);
    await session.run({ x });
    const warm = performance.now();
    const { y } = await session.run({ x });
    const end = performance.now();
    await session.release();
    assertProduct(y?.data);
    return { open: opened - begin, run: end - warm };
  } catch (cause) {
    throw VlaPrunerError.is(cause) ? cause : whyNot(device, cause);
  }
}

/** A device that miscalculates is worse than none. */
function assertProduct(data: unknown): void {
  const found = Array.from(data as Float32Array);
  if (found.join() === "7,10,15,22") return;
  throw new VlaPrunerError("device-unavailable", {
    expected: "a product of 7, 10, 15, 22",
    found: found.join(", "),
    fix: "do not use this device: it miscalculates; update its driver",
  });
}
