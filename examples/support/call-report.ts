import type { StageName } from "@vla-pruner/core";
import { callMilliseconds, medianOf } from "@vla-pruner/eval";
import type { EpisodeTrace, ModelCall, TracedCall } from "@vla-pruner/eval";
import type { Task } from "@vla-pruner/sim";

const STAGES: readonly StageName[] = ["encodeVision", "prefillHead", "select", "act"];

export const CALL_LEGEND = [
  "object = share kept of the visual tokens that show the current goal's object",
  "stayed = kept tokens that the call before kept too",
  "ms = of both episodes' calls of this number; the episodes take turns, a dense call, then a pruned one, so that a",
  "     machine that gets slower or faster meanwhile changes both",
].join("\n");

export const CALL_HEADER =
  "call  step  decision  reason              kept  object  stayed  ms, dense → pruned";

/** One line a call of the pruned episode, with the time of the dense episode's call of the same number. */
export function callLine(call: ModelCall, dense: ModelCall | undefined): string {
  const { result, objectKept, overlap } = call;
  const vision = result.views.reduce((sum, { count }) => sum + count, 0);
  const before = dense === undefined ? "-" : callMilliseconds(dense.result).toFixed(1);
  return [
    String(result.step).padStart(4),
    String(call.step).padStart(6),
    `  ${result.decision.padEnd(8)}  ${result.reason.padEnd(16)}`,
    `${result.keep.length}/${vision}`.padStart(8),
    percent(objectKept).padStart(8),
    percent(overlap).padStart(8),
    `${before} → ${callMilliseconds(result).toFixed(1)}`.padStart(20),
  ].join("");
}

/** How an episode ended, in a line. */
export function outcomeLine({ label, outcome }: EpisodeTrace, task: Task): string {
  const { success, steps, calls, goals } = outcome;
  const end = success ? "solved" : `NOT SOLVED (${goals} of ${task.goals.length} goals)`;
  return `${label}: ${end} after ${steps} control steps, ${calls} calls of the model`;
}

/** Medians, stage by stage, over the calls that both episodes made in turn; without those that kept everything in both. */
export function timingSummary(dense: EpisodeTrace, thin: EpisodeTrace): string {
  const shared = dense.calls.flatMap((call, index) => {
    const other = thin.calls[index];
    return other === undefined ? [] : [{ before: call, after: other }];
  });
  const pruned = shared.filter(({ after }) => after.decision === "pruned");
  const pairs = pruned.length === 0 ? shared : pruned;
  const line = (name: string, timeOf: (call: TracedCall) => number): string => {
    const slow = medianOf(pairs.map(({ before }) => timeOf(before)));
    const quick = medianOf(pairs.map(({ after }) => timeOf(after)));
    return `  ${name.padEnd(13)}${slow.toFixed(1).padStart(8)} → ${quick.toFixed(1).padStart(6)} ms`;
  };
  return [
    `medians of ${pairs.length} pairs, a dense call and a ${pruned.length === 0 ? "dense" : "pruned"} one right after it:`,
    ...STAGES.map((stage) => line(stage, ({ timings }) => timings[stage] ?? 0)),
    line("whole call", callMilliseconds),
  ].join("\n");
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(100 * share)} %`;
}
