import type { EpisodeMemory } from "../memory/episode-memory.ts";
import type { Observation } from "../observation.ts";
import type { PruneContext } from "../token-pruner.ts";
import type { SeenAhead, VlaAdapter } from "../vla-adapter.ts";
import { checkCurrentAction, checkSemantic, checkVision } from "./check-stage.ts";

/**
 * What a pruner sees of a call, beside what the episode remembers.
 *
 * @throws `adapter-mismatch`
 */
export function contextOf(
  { layout }: VlaAdapter,
  observation: Observation,
  { vision, head }: SeenAhead,
  { temporal, own }: EpisodeMemory,
): PruneContext {
  const tokens = checkVision(vision);
  return {
    observation,
    views: vision.views,
    vision: tokens,
    semantic: checkSemantic(head, tokens),
    semanticRows: layout.semanticRows,
    forecast: temporal.forecast(vision.views),
    acts: layout.acts ?? true,
    currentAction: checkCurrentAction(head, layout, tokens),
    similarity: vision.similarity,
    step: temporal.step,
    memory: own,
  };
}
