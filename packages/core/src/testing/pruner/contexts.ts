import type { PruneContext, TokenPruner } from "../../token-pruner.ts";
import { randomContext } from "../random-context.ts";

/** One and several views, of even and odd sizes, before and after the window is full. */
const CONTEXTS = [
  { seed: 1, views: [16] },
  { seed: 2, views: [16, 16] },
  { seed: 3, views: [5, 1, 9] },
  { seed: 4, views: [16], step: 0 },
].map(randomContext);

/** Calls of one episode, one after the other. */
export const EPISODE: readonly PruneContext[] = [0, 1, 2, 3, 4, 5].map((step) =>
  randomContext({ seed: 20 + step, views: [16, 9], step }),
);

/** What a pruner may be asked: with the memory that an episode begins with, and with one that has seen some calls. */
export function contextsFor(
  pruner: TokenPruner,
  contexts: readonly PruneContext[] = CONTEXTS,
): PruneContext[] {
  return contexts.flatMap((context) => {
    if (pruner.memory === undefined) return [context];
    const seen = [context, context].reduce(
      (memory: unknown, call) => completed(pruner, { ...structuredClone(call), memory }).memory,
      pruner.memory.start(),
    );
    return [pruner.memory.start(), seen].map((memory) => ({ ...context, memory }));
  });
}

/** What is kept in a call, and the memory after it. */
export function completed(
  pruner: TokenPruner,
  context: PruneContext,
): { readonly keep: Int32Array; readonly memory: unknown } {
  const decision = pruner.select(context);
  const actionAttention = context.currentAction ?? new Float32Array(context.vision);
  const memory = pruner.memory?.observe(context.memory, { context, decision, actionAttention });
  return { keep: decision.keep, memory };
}
