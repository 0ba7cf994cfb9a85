import type { TokenPruner } from "../token-pruner.ts";

/** A pruner that differs from another in some parts. A spread would lose the methods of one that is a class's instance. */
export function derivedPruner(pruner: TokenPruner, changes: Partial<TokenPruner>): TokenPruner {
  const { name, retention, temporal, semanticRows, needsCurrentAction, memory } = pruner;
  return {
    ...pruner,
    name,
    retention,
    ...(temporal && { temporal }),
    ...(semanticRows && { semanticRows }),
    ...(needsCurrentAction !== undefined && { needsCurrentAction }),
    ...(memory && { memory }),
    select: (context) => pruner.select(context),
    ...changes,
  };
}
