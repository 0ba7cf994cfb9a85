import { VlaPrunerError } from "@vla-pruner/format";
import type { ErrorCode } from "@vla-pruner/format";

/** A check for `assert.throws` and `assert.rejects`: an error of VLA-Pruner with this code. */
export function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => VlaPrunerError.is(error, code);
}
