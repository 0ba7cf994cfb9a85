import type { Policy, TokenPruner } from "@vla-pruner/core";
import type { EpisodeStep } from "../episode/read-episode.ts";
import { withPlace } from "../episode/with-place.ts";
import { stepJson } from "../report/step-json.ts";
import type { RecordedStep } from "./compare-steps.ts";

/**
 * What a policy does on the steps of an episode file, in an episode of its own under the given pruner.
 *
 * @throws what reading and acting throw, with the line's place
 */
export async function playSteps(
  policy: Policy,
  pruner: TokenPruner,
  steps: readonly EpisodeStep[],
): Promise<RecordedStep[]> {
  const episode = policy.startEpisode({ pruner });
  const played: RecordedStep[] = [];
  for (const step of steps) {
    if (step.reset) await episode.reset();
    else played.push(await withPlace(step.place, async () => stepJson(await episode.act(await step.load()))));
  }
  return played;
}
