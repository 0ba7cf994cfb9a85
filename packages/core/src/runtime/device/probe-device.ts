import { VlaPrunerError } from "@vla-pruner/format";
import { env, Tensor } from "onnxruntime-node";
import type { Device } from "../devices.ts";
import type { GraphTensor } from "../graph-session.ts";
import { openRaw } from "../open-raw.ts";
import { requireLibraries, whyNot } from "./missing-libraries.ts";
import { PRODUCT_GRAPH } from "./product-graph.ts";

/** Runs before the one that counts: the fourth of a CUDA graph is the first that is not compared with its kernels. */
const WARMUP = 3;

/** How long a device took, in milliseconds. */
export interface DeviceProbe {
  /** From nothing to a session. */
  readonly open: number;
  /** A run of a graph of one product, `[2, 2]` by `[2, 2]`, after some others. */
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
    const session = await openRaw(PRODUCT_GRAPH, device);
    const opened = performance.now();
    const x = new Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]);
    for (let run = 0; run < WARMUP; run += 1) await session.run({ x });
    const warm = performance.now();
    const { y } = await session.run({ x });
    const end = performance.now();
    await session.release?.();
    assertProduct((y as GraphTensor | undefined)?.data);
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
