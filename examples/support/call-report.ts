import type { StageName } from "@vla-pruner/core";
import { callMilliseconds, medianOf } from "@vla-pruner/eval";
import type { EpisodeTrace, ModelCall, TracedCall } from "@vla-pruner/eval";
import type { Task } from "@vla-pruner/sim";

const STAGES: readonly StageName[] = ["encodeVision", "prefillHead", "select", "act"];

export const CALL_LEGEND = [
  "object = share kept of the visual tokens that show the current goal's object",
  "stayed = kept tokens that the call before kept too",
].join("\n");

export const CALL_HEADER =
  "call  step  decision  reason              kept  object  stayed  ms, dense → pruned";

/** One line a call of the pruned episode, with the time of the dense episode's call of the same number. */
export function callLine(call: ModelCall, dense: TracedCall | undefined): string {
  const { result, objectKept, overlap } = call;
  const vision = result.views.reduce((sum, { count }) => sum + count, 0);
  const before = dense === undefined ? "-" : callMilliseconds(dense).toFixed(1);
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

/** Medians over the calls of both episodes, stage by stage; of the pruned one, without calls that were dense. */
export function timingSummary(dense: EpisodeTrace, thin: EpisodeTrace): string {
  const pruned = thin.calls.filter(({ decision }) => decision === "pruned");
  const after = pruned.length === 0 ? thin.calls : pruned;
  const line = (name: string, timeOf: (call: TracedCall) => number): string => {
    const [slow, quick] = [medianOf(dense.calls.map(timeOf)), medianOf(after.map(timeOf))];
    return `  ${name.padEnd(13)}${slow.toFixed(1).padStart(8)} → ${quick.toFixed(1).padStart(6)} ms`;
  };
  return [
    `medians of ${dense.calls.length} dense and ${after.length} ${pruned.length === 0 ? "dense" : "pruned"} calls:`,
    ...STAGES.map((stage) => line(stage, ({ timings }) => timings[stage] ?? 0)),
    line("whole call", callMilliseconds),
  ].join("\n");
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(100 * share)} %`;
}
