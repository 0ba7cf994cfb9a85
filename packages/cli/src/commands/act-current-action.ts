import type { StageMiddleware, TokenPruner, VlaAdapter } from "@vla-pruner/core";
import { VLA_PRUNERS } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";

/**
 * What `--current-action` adds to a policy.
 *
 * @throws `invalid-option` when the architecture, its graphs or the pruner cannot make use of it
 */
export function currentActionOf(adapter: VlaAdapter, pruner: TokenPruner): StageMiddleware {
  if (!VLA_PRUNERS.includes(pruner.name))
    throw unusable(
      `--pruner ${VLA_PRUNERS.join(" or ")}, which read a forecast, for --current-action`,
      pruner.name,
    );
  if (adapter.currentAction === undefined)
    throw unusable(
      "an architecture whose action rows exist below the cut, for --current-action",
      adapter.architecture,
    );
  return adapter.currentAction(pruner);
}

function unusable(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix: "leave --current-action out" });
}
