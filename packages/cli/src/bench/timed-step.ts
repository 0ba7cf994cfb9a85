import type { EpisodeState, LocalEpisode, Observation, StepResult } from "@vla-pruner/core";

/** What draft of its action a timed step is given: none, its very tokens, or tokens of which the first is wrong. */
export type DraftMode = "none" | "accepted" | "refused";

export const DRAFT_MODES: readonly DraftMode[] = ["none", "accepted", "refused"];

/**
 * A step that is timed. With a draft, the same step runs once before, without one and without leaving a trace, for it
 * tells what the tokens will be. They are given as those of the call before, which a model without weights that mean
 * anything would never foretell.
 */
export async function timedStep(
  episode: LocalEpisode,
  observation: Observation,
  mode: DraftMode,
): Promise<StepResult> {
  const { draft: _draft, ...before }: EpisodeState = episode.saveState();
  episode.restoreState(before);
  if (mode === "none") return episode.act(observation);
  const { tokens } = await episode.act(observation);
  const [first = 0, ...rest] = tokens ?? [];
  const given = mode === "accepted" ? [first, ...rest] : [first === 0 ? 1 : first - 1, ...rest];
  episode.restoreState({ ...before, draft: { tokens: given, acceptance: 1, resting: false } });
  return episode.act(observation);
}
