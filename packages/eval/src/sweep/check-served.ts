import { VlaPrunerError } from "@vla-pruner/format";
import type { Job, ServedPolicy } from "./types.ts";

/**
 * A server prunes as it was started: a table's row is what it says, or nothing is played.
 *
 * @throws `invalid-option` for a method that is not the server's
 */
export function checkServed(
  { path, pruner, retention, warmup, settings }: Pick<Job, keyof Method | "path" | "settings">,
  about: ServedPolicy["about"],
): void {
  const asked = wordsOf({ pruner, retention, warmup });
  const served = wordsOf(about);
  if (asked === served && !Object.hasOwn(settings.variants, pruner)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `the pruner of the server at ${path}: ${served}`,
    found: asked,
    fix: "pass the server's --pruners, --retention and --warmup, or start one for each with vla-pruner serve",
  });
}

interface Method {
  readonly pruner?: unknown;
  readonly retention?: unknown;
  readonly warmup?: unknown;
}

function wordsOf({ pruner, retention, warmup }: Method): string {
  if (pruner === "keep-all") return "keep-all";
  return `${String(pruner)} at retention ${String(retention)}, warm-up ${String(warmup)}`;
}
