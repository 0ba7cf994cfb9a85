import { VlaPrunerError } from "@vla-pruner/format";

/** Why a decoder cannot be split: what was expected of which node, and what stands there. */
export function refuse(
  expected: string,
  found: string,
  fix = "try another layer, or leave this model unpruned",
): VlaPrunerError {
  return new VlaPrunerError("graph-invalid", { expected, found, fix });
}
