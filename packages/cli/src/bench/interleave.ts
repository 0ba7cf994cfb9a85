import type { StepResult } from "@vla-pruner/core";
import type { CountProgress } from "../report/progress-bar.ts";
import { exampleOf } from "./observations.ts";
import type { ObservationSizes } from "./observations.ts";
import type { Contestant } from "./subjects.ts";
import { timedStep } from "./timed-step.ts";

export interface Rounds {
  /** Runs of each before the first that counts: they fill the forecast's window, warm caches and clocks. */
  readonly warmUp: number;
  readonly runs: number;
}

/**
 * Takes the contestants in turn, so that a change in the machine's load meets all of them.
 *
 * @returns results of those runs that count, by contestant
 */
export async function interleave(
  contestants: readonly Contestant[],
  sizes: ObservationSizes,
  { warmUp, runs }: Rounds,
  progress: CountProgress,
): Promise<StepResult[][]> {
  const results: StepResult[][] = contestants.map(() => []);
  for (let run = 0; run < warmUp + runs; run += 1) {
    for (const [index, { subject, draft, episode }] of contestants.entries()) {
      const { adapter } = subject.policy;
      const result = await timedStep(episode, exampleOf(adapter, sizes, run), draft);
      if (run >= warmUp) results[index]?.push(result);
      progress.advance();
    }
  }
  return results;
}
