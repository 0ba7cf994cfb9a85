import { PRUNERS } from "@vla-pruner/core";
import type { Episode } from "@vla-pruner/core";
import { policyWorker } from "@vla-pruner/core/worker";
import type { PolicyWorkerOptions, WorkerEpisode } from "@vla-pruner/core/worker";
import { prunerNamed } from "@vla-pruner/core/modules";
import { openLoss } from "@vla-pruner/serve";
import type { PolicyHost, StartHost } from "@vla-pruner/serve";
import { readVlaJson } from "../model-directory/read-vla-json.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { pluginNames } from "../plugins/plugin-modules.ts";

export interface HostOptions extends ModelOptions {
  readonly pruner: string;
  readonly retention: number;
  readonly warmup: "dense" | "semantic";
  readonly ahead?: boolean;
  readonly seed: number;
  readonly gpus?: readonly string[];
  readonly isolation: "process" | "thread";
  readonly threads?: number;
}

/** Calls that a fresh episode needs until it prunes, and one more: what is slow the first time is over then. */
const WARM_UP = 5;

/**
 * How a server loads its policies, each in a worker of its own and warmed up; and what it tells clients of them.
 *
 * @throws `model-missing`, `model-invalid`, `invalid-option`, `plugin-invalid`
 */
export async function hostsOf(
  folder: string,
  options: HostOptions,
): Promise<{ readonly start: StartHost; readonly about: Readonly<Record<string, string | number>> }> {
  const { pruner, retention, warmup, seed, gpus, isolation, threads, device, ahead } = options;
  const given = { retention, seed, ...(warmup !== "dense" && { warmup }) };
  const chosen = await prunerNamed(pruner, PRUNERS);
  chosen.make(given); // Bad options fail before a large model loads.
  const statistics = Object.keys((await readVlaJson(folder)).norm_stats ?? {});
  const unnormKey = options.unnormKey ?? (statistics.length === 1 ? (statistics[0] ?? null) : null);
  const plugin = {
    seed,
    ...(options.unnormKey !== undefined && { unnormKey: options.unnormKey }),
    ...(options.centerCrop === true && { centerCrop: true }),
  };
  let started = 0;
  const start = async (): Promise<PolicyHost> => {
    const { lost, lose } = openLoss();
    const gpu = gpus?.[started % gpus.length];
    started += 1;
    const worker = await policyWorker(folder, {
      plugins: pluginNames(options.plugin).map((module) => ({ module, options: plugin })),
      pruner: { name: pruner, ...given },
      ...(ahead === true && { selectAhead: true }),
      device,
      isolation,
      waiting: "all",
      onLost: lose,
      ...(threads !== undefined && { threads }),
      ...(gpu !== undefined && { env: { CUDA_VISIBLE_DEVICES: gpu } }),
    } satisfies PolicyWorkerOptions);
    const example = await worker.exampleObservation(0);
    const episode = await worker.startEpisode({ id: "warm-up" });
    for (let call = 0; call < WARM_UP; call += 1) await episode.act(structuredClone(example));
    await episode.end();
    return {
      facts: {
        architecture: worker.architecture,
        layout: worker.layout,
        state: example.state?.length ?? null,
        unnormKey,
      },
      startEpisode: ({ id }) => worker.startEpisode({ id }),
      endEpisode: (ended: Episode) => void (ended as WorkerEpisode).end().catch(() => undefined),
      lost,
      dispose: () => worker.dispose(),
    };
  };
  // Pruners without a window prune from the first call on.
  const windowed = chosen.reads?.includes("warmup") ?? true;
  const method = { pruner, retention, warmup: windowed ? warmup : "semantic" };
  return { start, about: { ...method, ...(ahead === true && { ahead: "yes" }) } };
}
