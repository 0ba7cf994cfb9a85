import { keepAll, PRUNERS } from "@vla-pruner/core";
import type { Policy, TokenPruner } from "@vla-pruner/core";
import { prunerNamed } from "@vla-pruner/core/modules";
import { VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import type { EpisodeStep } from "../episode/read-episode.ts";
import { compareSteps, isWithin, toleranceOf } from "./compare-steps.ts";
import type { StepComparison, StepTolerance } from "./compare-steps.ts";
import { playSteps } from "./play-steps.ts";
import type { VerifyCheck } from "./verify-check.ts";

/** How the recorded run was made, and how near to it is near enough. */
export interface RecordedRun {
  readonly pruner?: string;
  readonly retention?: number;
  readonly tolerance?: number;
  readonly seed: number;
}

/** As `act` prunes where nothing is said. */
const RETENTION = 0.25;

/**
 * Plays an episode file again and compares with what it records. A file that records kept sets was pruned, as `act`
 * prunes unless told otherwise; one that does not is compared with the unpruned model.
 *
 * @throws `episode-file-invalid` where it records nothing, or what cannot be compared
 */
export async function againstCheck(
  policy: Policy,
  vla: VlaBlock,
  steps: readonly EpisodeStep[],
  run: RecordedRun,
): Promise<VerifyCheck> {
  const recorded = steps.flatMap((step) => (step.reset ? [] : [step.recorded ?? {}]));
  if (recorded.every(({ action }) => action === undefined)) throw nothingRecorded();
  const pruned = recorded.some(({ kept }) => kept !== undefined);
  const pruner = await prunerOf(run, pruned);
  const found = await playSteps(policy, pruner, steps);
  const comparison = compareSteps(recorded, found);
  const usual = toleranceOf(vla);
  const tolerance = { ...usual, action: run.tolerance ?? usual.action };
  return {
    check: "against",
    outcome: isWithin(comparison, tolerance) ? "passed" : "failed",
    says: wordsOf(comparison, tolerance, pruner),
    value: { ...comparison, tolerance, pruner: pruner.name, retention: pruner.retention },
  };
}

async function prunerOf({ pruner, retention, seed }: RecordedRun, pruned: boolean): Promise<TokenPruner> {
  if (!pruned && pruner === undefined && retention === undefined) return keepAll();
  const chosen = await prunerNamed(pruner ?? "recommended", PRUNERS);
  return chosen.make({ retention: retention ?? RETENTION, seed });
}

function wordsOf(
  { steps, action, tokens, kept }: StepComparison,
  tolerance: StepTolerance,
  { name, retention }: TokenPruner,
): string {
  const parts = [`${steps} steps, ${name}${retention === null ? "" : ` at ${retention}`}`];
  if (action !== null)
    parts.push(
      `actions differ by ${percent(action.largest)} of their range at most (${percent(tolerance.action)} allowed), ${percent(action.mean)} on average`,
    );
  if (tokens !== null) parts.push(`${percent(tokens)} of the action tokens are the same`);
  if (kept !== null)
    parts.push(`${percent(kept.mean)} of the kept tokens are the same (${percent(tolerance.kept)} wanted)`);
  return parts.join("; ");
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function nothingRecorded(): VlaPrunerError {
  return new VlaPrunerError("episode-file-invalid", {
    expected: 'lines with the "action" that was recorded for them',
    found: "none",
    fix: 'add "action": [[…]] to the lines, and "kept" where the run was pruned, as act --json prints them',
  });
}
