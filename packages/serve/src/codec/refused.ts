import { VlaPrunerError } from "@vla-pruner/format";

/** What a client sent and nobody understands. */
export function refused(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("observation-invalid", { expected, found, fix });
}
