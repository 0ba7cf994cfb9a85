import { VlaPrunerError } from "@vla-pruner/format";

/** What `write` returns. @throws `output-unwritable` where it fails */
export function orUnwritable<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new VlaPrunerError("output-unwritable", {
      expected: `to write ${path}`,
      found,
      fix: /ENOSPC/u.test(found) ? "free some disk space, or pass another --out" : "pass another --out",
      cause,
    });
  }
}
