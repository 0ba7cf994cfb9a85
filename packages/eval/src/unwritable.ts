import { VlaPrunerError } from "@vla-pruner/format";

/** What `write` returns. @throws `output-unwritable` where it fails */
export function orUnwritable<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw new VlaPrunerError("output-unwritable", {
      expected: `to write ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "pass another --out",
      cause,
    });
  }
}
