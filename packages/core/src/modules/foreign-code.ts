import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { LoadedModule } from "./load-module.ts";

/**
 * Runs code of the user's; errors of its own become ours, since what asks must not try it again.
 *
 * @param expected what it should give, for the error: "an adapter from ./mine.ts"
 * @throws `plugin-invalid`
 */
export function guarded<Result>(expected: string, fix: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (VlaPrunerError.is(cause)) throw cause;
    const found = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new VlaPrunerError("plugin-invalid", { expected, found, fix, cause });
  }
}

/** What a module exports in place of what it should, for errors. */
export function foundIn(module: LoadedModule, name: string): string {
  if (Object.hasOwn(module, name)) return `${name}, which is something else`;
  return Object.keys(module).join(", ") || "no exports";
}

/** What code of the user's gave in place of what it should, for errors. */
export function partsOf(value: unknown): string {
  return isObject(value) ? Object.keys(value).join(", ") || "an empty object" : typeof value;
}
