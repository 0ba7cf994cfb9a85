import { vlaPruner } from "@vla-pruner/core";
import type { Policy, VlaPrunerOptions } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";
import type { InformedPruner } from "./informed-pruner.ts";

/**
 * VLA-Pruner whose forecast knows the very call, as the adapter's `currentAction` makes it; what
 * `act --current-action` runs. No oracle: a robot can do this.
 *
 * @throws `invalid-option` for an adapter that does not offer it, or graphs converted without what it reads
 */
export function currentAction({ adapter }: Policy, options: VlaPrunerOptions): InformedPruner {
  const pruner = { ...vlaPruner(options), name: "current-action" };
  if (adapter.currentAction === undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: "an architecture whose action rows exist below the cut, for the pruner current-action",
      found: adapter.architecture,
      fix: "leave current-action out of the pruners for this policy",
    });
  }
  return { pruner, middleware: [adapter.currentAction(pruner)] };
}
