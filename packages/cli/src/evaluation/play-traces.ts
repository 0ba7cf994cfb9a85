import { createPolicy, keepAll, VlaModel } from "@vla-pruner/core";
import { checkPruner, evaluatedPruner, runEpisode, traceRecorder } from "@vla-pruner/eval";
import type { EpisodeTrace, EpisodePruner, Warmup } from "@vla-pruner/eval";
import { createSimulator, testSeed } from "@vla-pruner/sim";
import type { Task } from "@vla-pruner/sim";
import { architectureNamed } from "../architectures.ts";

export interface PlayTracesOptions {
  readonly model: string;
  /** Number of the test episode, as in `eval`. */
  readonly seed: number;
  readonly pruner: string;
  readonly retention: number;
  readonly warmup: Warmup;
  readonly compareDense?: boolean;
  readonly execute?: number;
  readonly horizon?: number;
  readonly unnormKey?: string;
}

/** Plays the episode with the pruner, and before that without, where asked for. */
export async function playTraces(
  task: Task,
  options: PlayTracesOptions,
  signal: AbortSignal,
): Promise<EpisodeTrace[]> {
  const { pruner, retention, warmup, compareDense, execute, horizon, unnormKey } = options;
  checkPruner(pruner, {}); // Fails before a large model loads.
  const seed = testSeed(options.seed);
  const model = await VlaModel.from_pretrained(options.model);
  try {
    const adapter = architectureNamed(model.vla.architecture)
      .plugin({ ...(unnormKey !== undefined && { unnormKey }), seed })
      .createAdapter(model);
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const pruned = evaluatedPruner(pruner, policy, { retention, seed }, warmup);
    const simulator = await createSimulator();
    const play = async (label: string, own: EpisodePruner): Promise<EpisodeTrace> => {
      const { onCall, trace } = traceRecorder();
      const limits = { ...(execute !== undefined && { execute }), ...(horizon !== undefined && { horizon }) };
      const outcome = await runEpisode(policy, simulator, {
        task,
        seed,
        ...limits,
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
    await model.dispose();
  }
}
