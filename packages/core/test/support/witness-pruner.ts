import { dense } from "../../src/index.ts";
import type { PrunerMemory, TokenPruner } from "../../src/index.ts";

/** What the witness remembers. */
export interface Calls {
  readonly steps: readonly number[];
}

/** Notes the step of every call. */
export const noting: PrunerMemory<Calls> = {
  start: () => ({ steps: [] }),
  observe: ({ steps }, { context }) => ({ steps: [...steps, context.step] }),
};

/** Remembers the steps that it has seen, and tells them in its reason. */
export function witness(memory: Partial<PrunerMemory<Calls>> = {}, name = "witness"): TokenPruner<Calls> {
  return {
    name,
    retention: null,
    memory: { ...noting, ...memory },
    select: (context) => dense(context, context.memory.steps.join()),
  };
}
