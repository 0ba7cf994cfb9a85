import { SUITES } from "@vla-pruner/sim";

/** All instructions of all suites, in a fixed order: `instructions.i32` of the shards counts in it. */
export function allInstructions(): string[] {
  return [...new Set(Object.values(SUITES).flatMap((tasks) => tasks.flatMap(({ wordings }) => wordings)))];
}
