import { dtypeOf, VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import type { Device } from "../runtime/devices.ts";

const PROCESSORS: readonly Device[] = ["cpu", "wasm"];

/**
 * Refuses q8 elsewhere than on a processor: its operators are there alone, so that each product would travel there and
 * back, unsaid.
 *
 * @throws `invalid-option`
 */
export function refuseDtypesOn(device: Device, vla: VlaBlock): void {
  if (PROCESSORS.includes(device)) return;
  const names = Object.entries(vla.sessions).flatMap(([name, entry]) =>
    dtypeOf(vla, entry) === "q8" ? [name] : [],
  );
  if (names.length === 0) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `a dtype that ${device} computes in: fp32, fp16, q4 or q4f16`,
    found: `q8, of ${names.join(", ")}`,
    fix: "convert the checkpoint with --dtype q4f16, or use the processor",
  });
}
