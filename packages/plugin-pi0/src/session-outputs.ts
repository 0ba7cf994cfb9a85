import type { NamedTensors } from "@vla-pruner/core";

/** Keys and values among the outputs: `present.{layer}.key` and `.value`. */
export function presentOf(outputs: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name.startsWith("present.")));
}

/** Frees device buffers. */
export function disposeAll(tensors: NamedTensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
