import { VlaPrunerError } from "@vla-pruner/errors";
import type { StageName } from "../middleware/stage-middleware.ts";

const released = new WeakSet<object>();

/** Notes what the adapter frees at the end of a step. */
export function noteReleased(...parts: readonly unknown[]): void {
  for (const part of parts) if (typeof part === "object" && part !== null) released.add(part);
}

/**
 * Refuses what a middleware kept from an earlier step, before a session fails on a freed buffer.
 *
 * @param own what the adapter made in this step, if the stage reached it
 */
export function checkNotReleased(stage: StageName, part: unknown, own: unknown): void {
  if (part === own || !released.has(part as object)) return;
  throw new VlaPrunerError("middleware-misuse", {
    expected: `a result of ${stage} that was made in this step`,
    found: "one of an earlier step, whose buffers are freed",
    fix: "call next() in every step, or copy the tensors that should outlive one",
  });
}
