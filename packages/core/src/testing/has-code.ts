import { VlaPrunerError } from "@vla-pruner/errors";
import type { ErrorCode } from "@vla-pruner/errors";

/** A check for `assert.throws` and `assert.rejects`: an error of VLA-Pruner with this code. */
export function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => VlaPrunerError.is(error, code);
}
