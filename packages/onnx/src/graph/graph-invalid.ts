import { VlaPrunerError } from "@vla-pruner/format";

/** What a graph is refused with. */
export function graphInvalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("graph-invalid", { expected, found, fix });
}
