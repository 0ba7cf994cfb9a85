import type { Policy, TokenPruner } from "@vla-pruner/core";
import { runEpisode, traceRecorder } from "@vla-pruner/eval";
import type { EpisodeTrace, ModelCall } from "@vla-pruner/eval";
import type { Simulator, Task } from "@vla-pruner/sim";
import type { Pause } from "./take-turns.ts";

export interface EpisodeRequest {
  readonly task: Task;
  readonly seed: number;
  readonly pruner: TokenPruner;
  /** How it was pruned, for headings. */
  readonly label: string;
  /** Waits before every call. */
  readonly pause?: Pause;
  readonly onCall?: (call: ModelCall) => void;
}

/** Plays one episode and records it for the report. */
export async function playEpisode(
  policy: Policy,
  simulator: Simulator,
  { task, seed, pruner, label, pause, onCall }: EpisodeRequest,
): Promise<EpisodeTrace> {
  const recorder = traceRecorder();
  const outcome = await runEpisode(policy, simulator, {
    task,
    seed,
    pruner,
    ...(pause !== undefined && { beforeCall: pause }),
    onCall(call) {
      recorder.onCall(call);
      onCall?.(call);
    },
  });
  return recorder.trace(label, outcome);
}
