import type { EpisodeStep } from "./read-episode.ts";

/**
 * The lines of an episode file that make so many control steps: its first ones, or all and then again from
 * the first. Memory goes on where the file begins anew, unless it begins with a reset.
 *
 * @param steps at least one of them no reset
 * @param count control steps; the whole file, once, where absent
 */
export function* repeatSteps(steps: readonly EpisodeStep[], count?: number): Generator<EpisodeStep> {
  if (count === undefined) yield* steps;
  let left = count ?? 0;
  while (left > 0) {
    for (const step of steps) {
      if (left === 0) return;
      yield step;
      if (!step.reset) left -= 1;
    }
  }
}
