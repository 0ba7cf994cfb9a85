import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { keyOf } from "./episode-key.ts";
import type { WorkerScript } from "./episode-worker.ts";
import { EpisodeJournal, hasEpisodes, readEpisodes } from "./journal.ts";
import { jobsOf } from "./jobs.ts";
import { machineName, sourceCommit } from "./machine.ts";
import { ownTasks } from "./own-tasks.ts";
import { shardOf } from "./shard-of.ts";
import type { Shard } from "./shard-of.ts";
import { checkLimits, runSweep } from "./run-sweep.ts";
import type { SweepEnd } from "./run-sweep.ts";
import { fingerprintOf, joinSweepInfo, readSweepInfo, writeSweepInfo } from "./sweep-info.ts";
import type { SweepInfo } from "./sweep-info.ts";
import type { EpisodeRecord, SweepPlan } from "./types.ts";

export interface PlayOptions {
  /** Worker processes. */
  readonly workers: number;
  /** What they run; `null` where the caller has no program of its own, and nothing can be played. */
  readonly script: WorkerScript | null;
  /** Folder of the journal and of what the sweep says of itself. */
  readonly out?: string;
  /** Go on with the episodes that are there. */
  readonly resume?: boolean;
  /** Seconds after which no further episode starts. */
  readonly timeLimit?: number;
  /** Which part of the plan is played here, where several machines share it. */
  readonly shard?: Shard;
  /** Named in reports, in place of git's. */
  readonly commit?: string;
  /** The command behind the sweep, for reports. */
  readonly command: string;
  readonly signal: AbortSignal;
  /** Episodes in all, and those that are there already. */
  readonly onStart?: (total: number, done: number) => void;
  readonly onEpisode?: (record: EpisodeRecord) => void;
  /** Something that did not stop the sweep: a worker that crashed. */
  readonly onProblem?: (message: string) => void;
}

const OPTIONS: readonly (keyof PlayOptions)[] = [
  "workers",
  "script",
  "out",
  "resume",
  "timeLimit",
  "shard",
  "commit",
  "command",
  "signal",
  "onStart",
  "onEpisode",
  "onProblem",
];

export interface Played {
  readonly info: SweepInfo;
  /** Those of earlier runs included. */
  readonly records: readonly EpisodeRecord[];
  readonly end: SweepEnd;
  readonly interrupted: boolean;
}

/**
 * Plays what is left of a plan, and keeps a journal where there is a folder for it.
 *
 * @throws `invalid-option`, `plugin-invalid`, `model-missing`, `output-exists`, `output-unwritable`, `state-invalid`, and
 * what an episode throws
 */
export async function playPlan(plan: SweepPlan, options: PlayOptions): Promise<Played> {
  checkOptions("playPlan", options, OPTIONS);
  const { workers, script, out, resume, timeLimit, signal, onStart, onEpisode, onProblem } = options;
  if (resume === true && out === undefined) throw nothingToResume();
  checkLimits(workers, timeLimit);
  const all = shardOf(await jobsOf(plan), options.shard);
  const own = infoOf(plan, options);
  const used = out !== undefined && hasEpisodes(out);
  if (used && resume !== true) throw inUse(out);
  const past = used ? readSweepInfo(out) : null;
  const info = past === null ? own : joinSweepInfo(past, own);
  const records = out === undefined ? [] : readEpisodes(out);
  const known = new Set(records.map(keyOf));
  const left = all.filter((job) => !known.has(keyOf({ ...job, task: job.task.name })));
  if (script === null) throw noProgram();
  const journal = out === undefined ? null : new EpisodeJournal(out);
  if (out !== undefined) writeSweepInfo(out, info);
  onStart?.(all.length, all.length - left.length);
  try {
    const end = await runSweep(left, {
      workers,
      script,
      signal,
      ...(timeLimit !== undefined && { timeLimit }),
      onEpisode: (record) => {
        records.push(record);
        journal?.append(record);
        onEpisode?.(record);
      },
      ...(onProblem && { onProblem }),
    });
    return { info, records, end, interrupted: signal.aborted };
  } finally {
    journal?.close();
  }
}

function infoOf(plan: SweepPlan, { commit, script, command }: PlayOptions): SweepInfo {
  const tasks = ownTasks(plan.suites);
  return {
    settings: plan.settings,
    policies: Object.fromEntries(plan.policies.map((policy) => [policy.name, fingerprintOf(policy)])),
    ...(Object.keys(tasks).length > 0 && { tasks }),
    machine: machineName(),
    commit: commit ?? sourceCommit(script?.path ?? ""),
    commands: [command],
  };
}

function noProgram(): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "the path of the program, which worker processes run",
    found: "a command line that was called from another program",
    fix: "start vla-pruner, or pass its path to main",
  });
}

function nothingToResume(): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "--resume together with the folder to go on in",
    found: "no --out",
    fix: "pass the --out of the run before",
  });
}

function inUse(folder: string): VlaPrunerError {
  return new VlaPrunerError("output-exists", {
    expected: `no episodes in ${folder}`,
    found: "episodes.jsonl",
    fix: "pass --resume to go on with them, or another --out",
  });
}
