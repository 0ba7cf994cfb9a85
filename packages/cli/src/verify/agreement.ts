import { keepAll, recommended } from "@vla-pruner/core";
import { readEpisode } from "../episode/read-episode.ts";
import type { EpisodeStep } from "../episode/read-episode.ts";
import { openPolicy } from "../model-directory/open-policy.ts";
import { readVlaJson } from "../model-directory/read-vla-json.ts";
import type { OpenPolicyOptions } from "../model-directory/open-policy.ts";
import { compareSteps, isWithin, toleranceOf } from "./compare-steps.ts";
import type { RecordedStep, StepComparison } from "./compare-steps.ts";
import { playSteps } from "./play-steps.ts";

/** Share of the visual tokens that the pruned run keeps. */
const RETENTION = 0.25;

/** How far a model is from another on an episode. */
export interface Agreement {
  readonly dense: StepComparison;
  /** With a quarter of the visual tokens, by the `recommended` pruner. */
  readonly pruned: StepComparison;
  /** Whether both are as near as is usual for the model's dtypes. */
  readonly within: boolean;
}

/**
 * Plays an episode file with two models, dense and pruned, and compares what they did.
 *
 * @throws `episode-file-invalid`, and what loading and acting throw
 */
export async function agreementOf(
  reference: string,
  model: string,
  episode: string,
  options: OpenPolicyOptions,
): Promise<Agreement> {
  const steps = await readEpisode(episode);
  const expected = await playBoth(reference, steps, options);
  const found = await playBoth(model, steps, options);
  const dense = compareSteps(expected.dense, found.dense);
  const pruned = compareSteps(expected.pruned, found.pruned);
  const tolerance = toleranceOf(await readVlaJson(model));
  return { dense, pruned, within: isWithin(dense, tolerance) && isWithin(pruned, tolerance) };
}

async function playBoth(
  model: string,
  steps: readonly EpisodeStep[],
  options: OpenPolicyOptions,
): Promise<Record<"dense" | "pruned", RecordedStep[]>> {
  const policy = await openPolicy(model, options);
  try {
    return {
      dense: await playSteps(policy, keepAll(), steps),
      pruned: await playSteps(policy, recommended({ retention: RETENTION }), steps),
    };
  } finally {
    await policy.dispose();
  }
}

/** A line for people. */
export function agreementText({ dense, pruned, within }: Agreement): string {
  const actions = `actions ${percent(dense.action?.mean)} off on average, ${percent(dense.action?.largest)} at most`;
  const tokens = dense.tokens === null ? "" : `, ${percent(dense.tokens)} of the action tokens the same`;
  const kept = `; with a quarter of the tokens, ${percent(pruned.kept?.mean)} of the kept ones are the same, actions ${percent(pruned.action?.mean)} off on average`;
  const verdict = within ? "" : "; that is further than is usual for this dtype";
  return `against fp32, over ${dense.steps} steps: ${actions}${tokens}${kept}${verdict}\n`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "?" : `${(100 * share).toFixed(1)} %`;
}
