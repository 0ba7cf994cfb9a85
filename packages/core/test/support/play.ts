import type { Episode, Observation, StepResult } from "../../src/index.ts";

/** Acts on each observation in turn. */
export async function play(episode: Episode, observations: readonly Observation[]): Promise<StepResult[]> {
  const steps: StepResult[] = [];
  for (const observation of observations) steps.push(await episode.act(observation));
  return steps;
}

/** What a step decided and did, without its clock. */
export function outcome({ timings: _timings, ...rest }: StepResult): Omit<StepResult, "timings"> {
  return rest;
}
