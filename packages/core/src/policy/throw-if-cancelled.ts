import { VlaPrunerError } from "@vla-pruner/format";

/**
 * Ends a step that is no longer wanted: between stages, and in adapters between the runs of a loop.
 *
 * @param where for the error: "before act"
 * @throws `cancelled`
 */
export function throwIfCancelled(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted !== true) return;
  throw new VlaPrunerError("cancelled", {
    expected: "a control step that runs to its end",
    found: `a cancellation ${where}`,
    fix: "call act again; the episode's memory is as it was before this step",
    cause: signal.reason,
  });
}
