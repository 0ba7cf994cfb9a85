import { derivedPruner, prunerByName, VLA_PRUNERS } from "@vla-pruner/core";
import type { TokenPruner } from "@vla-pruner/core";
import type { PrunerChoice } from "../messages.ts";

/** The pruner of a choice. It prunes from the first call on: three dense ones would be a large part of a short episode. */
export function chosenPruner({ name, retention }: PrunerChoice): TokenPruner {
  return prunerByName(name, {
    retention,
    ...(VLA_PRUNERS.includes(name) && { warmup: "semantic" as const }),
  });
}

/** The same one, whose retention may change from call to call. What it remembers does not depend on how many it keeps. */
export function livePruner(choice: () => PrunerChoice): TokenPruner {
  return derivedPruner(chosenPruner(choice()), {
    retention: null,
    select: (context) => chosenPruner(choice()).select(context),
  });
}
