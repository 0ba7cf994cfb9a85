import { keepAll } from "@vla-pruner/core";
import { checkCameras, checkPruner, evaluatedPruner, runEpisode, traceRecorder } from "@vla-pruner/eval";
import type { EpisodeTrace, EpisodePruner, Warmup } from "@vla-pruner/eval";
import { createSimulator, testSeed } from "@vla-pruner/sim";
import type { Task } from "@vla-pruner/sim";
import { openPolicy } from "../model-directory/open-policy.ts";
import type { ModelOptions } from "../options/model-options.ts";

export interface PlayTracesOptions extends ModelOptions {
  /** Number of the test episode, as in `eval`. */
  readonly seed: number;
  readonly pruner: string;
  readonly retention: number;
  readonly warmup: Warmup;
  readonly compareDense?: boolean;
  readonly execute?: number;
  readonly horizon?: number;
}

/** Plays the episode with the pruner, and before that without, where asked for. */
export async function playTraces(
  model: string,
  task: Task,
  options: PlayTracesOptions,
  signal: AbortSignal,
): Promise<EpisodeTrace[]> {
  const { pruner, retention, warmup, compareDense, execute, horizon, camera, ...rest } = options;
  await checkPruner(pruner, {}); // Fails before a large model loads, as do cameras.
  if (camera) checkCameras(camera);
  const seed = testSeed(options.seed);
  const policy = await openPolicy(model, { ...rest, seed });
  try {
    const pruned = await evaluatedPruner(pruner, policy, { retention, seed }, warmup);
    const simulator = await createSimulator();
    const play = async (label: string, own: EpisodePruner): Promise<EpisodeTrace> => {
      const { onCall, trace } = traceRecorder();
      const outcome = await runEpisode(policy, simulator, {
        task,
        seed,
        ...(execute !== undefined && { execute }),
        ...(horizon !== undefined && { horizon }),
        ...(camera && { cameras: camera }),
        ...own,
        onCall,
        signal,
      });
      return trace(label, outcome);
    };
    const dense = pruned.pruner.name === "keep-all" || pruned.pruner.retention === 1;
    if (dense) return [await play("dense", pruned)];
    const before = compareDense === true ? [await play("dense", { pruner: keepAll() })] : [];
    return [...before, await play(`${pruner} ${Number((100 * retention).toFixed(2))} %`, pruned)];
  } finally {
    await policy.dispose();
  }
}
