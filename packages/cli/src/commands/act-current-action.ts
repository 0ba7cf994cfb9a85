import type { TokenPruner } from "@vla-pruner/core";
import { VLA_PRUNERS, withCurrentAction } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";

/**
 * What `--current-action` makes of a pruner.
 *
 * @throws `invalid-option` when it reads no forecast
 */
export function readingCurrentAction(pruner: TokenPruner): TokenPruner {
  if (VLA_PRUNERS.includes(pruner.name)) return withCurrentAction(pruner);
  throw new VlaPrunerError("invalid-option", {
    expected: `--pruner ${VLA_PRUNERS.join(" or ")}, which read a forecast, for --current-action`,
    found: pruner.name,
    fix: "leave --current-action out",
  });
}
