import { EPISODE, MIDDLEWARE, PRUNER } from "@vla-pruner/core";
import type { Episode, Policy } from "@vla-pruner/core";
import type { ClosedLoopOptions } from "./types.ts";

/** An episode of a policy, with a pruner in place of the policy's and middleware within the policy's. */
export function startEpisode(
  { scope }: Policy,
  { pruner, middleware = [] }: Pick<ClosedLoopOptions, "pruner" | "middleware">,
): Episode {
  const all = [...scope.get(MIDDLEWARE), ...middleware];
  const own = scope.child().shared(MIDDLEWARE, () => all);
  if (pruner !== undefined) own.shared(PRUNER, () => pruner);
  return own.get(EPISODE);
}
