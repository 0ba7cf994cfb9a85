import type { Policy } from "@vla-pruner/core";
import type { Simulator } from "@vla-pruner/sim";
import { VlaPrunerError } from "@vla-pruner/format";
import { failureOf } from "./episode-worker.ts";
import type { WorkerReport } from "./episode-worker.ts";
import { playJob } from "./play-job.ts";
import type { Job, ServedPolicy, SweepSettings } from "./types.ts";

/** A model that stays loaded from episode to episode. */
export interface LoadedModel {
  /** The policy of one episode, which is disposed after it; the seed is for what it draws at random. */
  policyOf(job: Pick<Job, "seed" | "ahead">): Promise<Policy | ServedPolicy>;
  dispose(): Promise<void>;
}

export interface WorkerParts {
  /** Loads a model directory, with one thread, as the settings have it. Asked once a directory. */
  readonly loadModel: (path: string, settings: SweepSettings) => Promise<LoadedModel>;
  readonly createSimulator: () => Promise<Simulator>;
}

/**
 * The whole life of a worker process: plays the episodes that its parent sends, one after another, until the parent
 * lets go. Ctrl-C reaches all processes of a terminal; the parent decides what it means.
 *
 * @throws `usage` in a process without a parent that listens
 */
export async function serveEpisodes(parts: WorkerParts): Promise<void> {
  if (process.send === undefined) {
    throw new VlaPrunerError("usage", {
      expected: "to be started by `vla-pruner eval`",
      found: "a process of its own",
      fix: "run `vla-pruner eval`",
    });
  }
  process.on("SIGINT", stay).on("SIGTERM", stay);
  const simulator = parts.createSimulator();
  simulator.catch(stay); // It is told with the first episode.
  const models = new Map<string, Promise<LoadedModel>>();
  const play = async (job: Job): Promise<WorkerReport> => {
    try {
      const model = models.get(job.path) ?? parts.loadModel(job.path, job.settings);
      models.set(job.path, model);
      const policy = await (await model).policyOf(job);
      try {
        return { kind: "record", record: await playJob(job, policy, await simulator) };
      } finally {
        await policy.dispose();
      }
    } catch (error) {
      return { kind: "failure", failure: failureOf(error) };
    }
  };
  await new Promise<void>((resolve) => {
    process.on("message", (job: Job) => void play(job).then(say));
    process.on("disconnect", resolve);
    say({ kind: "ready" });
  });
  for (const model of models.values()) await model.then((loaded) => loaded.dispose(), stay);
}

function stay(): void {
  // The signal is for the parent.
}

function say(report: WorkerReport): void {
  if (process.connected) process.send?.(report);
}
