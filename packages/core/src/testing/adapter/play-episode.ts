import { createPolicy } from "../../container/create-policy.ts";
import type { PolicyParts } from "../../container/create-policy.ts";
import type { Observation } from "../../observation.ts";
import type { Episode } from "../../policy/episode.ts";
import type { StepResult } from "../../policy/step-result.ts";
import type { TokenPruner } from "../../token-pruner.ts";
import type { AdapterSubject } from "./adapter-subject.ts";

/** An episode of its own on the adapter under test; chosen ahead where the model runs no other way. */
export async function startEpisode(
  subject: AdapterSubject,
  pruner: TokenPruner,
  options: Pick<PolicyParts, "middleware" | "selectAhead"> = {},
): Promise<Episode> {
  const adapter = await subject.createAdapter();
  const selectAhead = options.selectAhead ?? adapter.layout.aheadOnly ?? false;
  return createPolicy({ adapter, pruner, ...options, selectAhead }).startEpisode();
}

export async function play(episode: Episode, observations: readonly Observation[]): Promise<StepResult[]> {
  const steps: StepResult[] = [];
  for (const observation of observations) steps.push(await episode.act(observation));
  return steps;
}

/** A step without its clock and its reasons. */
export function outcome({
  step,
  actions,
  tokens,
  decision,
  keep,
  semantic,
  actionAttention,
}: StepResult): unknown {
  return { step, actions, tokens, decision, keep, semantic, actionAttention };
}
