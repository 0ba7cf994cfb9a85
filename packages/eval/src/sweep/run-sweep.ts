import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { EpisodeWorker, WorkerCrash } from "./episode-worker.ts";
import type { WorkerScript } from "./episode-worker.ts";
import type { EpisodeRecord, Job } from "./types.ts";

export interface SweepOptions {
  /** Worker processes. */
  readonly workers: number;
  readonly script: WorkerScript;
  /** Seconds after which no further episode starts; those under way end. */
  readonly timeLimit?: number;
  /** The same, by hand. */
  readonly signal?: AbortSignal;
  readonly onEpisode: (record: EpisodeRecord) => void;
  /** Something that did not stop the sweep: a worker that crashed. */
  readonly onProblem?: (message: string) => void;
}

/** How a sweep ended. `lost`: episodes whose worker crashed twice. */
export interface SweepEnd {
  readonly played: number;
  readonly left: number;
  readonly lost: number;
}

const OPTIONS: readonly (keyof SweepOptions)[] = [
  "workers",
  "script",
  "timeLimit",
  "signal",
  "onEpisode",
  "onProblem",
];
/** Times that an episode is tried. */
const ATTEMPTS = 2;
/** Episodes lost without a single one played after which there is no point in going on. */
const HOPELESS = 4;

/**
 * Plays episodes in order on several worker processes at once.
 *
 * @throws what an episode throws, such as `model-missing`: it would meet the others, too
 */
export async function runSweep(jobs: readonly Job[], options: SweepOptions): Promise<SweepEnd> {
  checkOptions("runSweep", options, OPTIONS);
  const { workers, script, timeLimit = Number.POSITIVE_INFINITY, signal, onEpisode, onProblem } = options;
  checkLimits(workers, timeLimit);
  const end = performance.now() + 1000 * timeLimit;
  let [next, played, lost, failed] = [0, 0, 0, false];

  const take = (): Job | undefined => {
    if (failed || signal?.aborted === true || performance.now() >= end) return undefined;
    next += 1;
    return jobs[next - 1];
  };

  const drive = async (): Promise<void> => {
    let worker: EpisodeWorker | null = null;
    const attempt = async (job: Job): Promise<EpisodeRecord | null> => {
      try {
        worker ??= await EpisodeWorker.start(script);
        return await worker.play(job);
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        onProblem?.(`${job.policy} ${job.pruner} ${job.task.name} seed ${job.seed}: ${error.message}`);
        await worker?.stop();
        worker = null;
        return null;
      }
    };
    try {
      for (let job = take(); job !== undefined; job = take()) {
        let record: EpisodeRecord | null = null;
        for (let turn = 0; turn < ATTEMPTS && record === null; turn += 1) record = await attempt(job);
        if (record === null) {
          lost += 1;
          if (played === 0 && lost >= HOPELESS) throw hopeless(lost);
        } else {
          onEpisode(record);
          played += 1;
        }
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await (worker as EpisodeWorker | null)?.stop();
    }
  };

  const count = Math.min(workers, jobs.length);
  const drives = await Promise.allSettled(Array.from({ length: count }, drive));
  for (const result of drives) if (result.status === "rejected") throw result.reason;
  return { played, left: jobs.length - played - lost, lost };
}

function hopeless(lost: number): VlaPrunerError {
  return new VlaPrunerError("internal", {
    expected: "workers that play episodes",
    found: `crashes in the first ${lost} of them, twice each`,
    fix: "see what the crashes say, free some memory, or pass fewer --jobs",
  });
}

/** @throws `invalid-option` */
export function checkLimits(workers: number, timeLimit: number = Number.POSITIVE_INFINITY): void {
  if (Number.isInteger(workers) && workers >= 1 && timeLimit > 0) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "at least one worker process, and a time limit above 0 seconds",
    found: `${workers} processes, ${timeLimit} seconds`,
    fix: "leave --jobs and --time-limit out for all cores and no limit",
  });
}
