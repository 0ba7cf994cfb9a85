import {
  checkLimits,
  EpisodeJournal,
  fingerprintOf,
  hasEpisodes,
  joinSweepInfo,
  jobsOf,
  keyOf,
  ownTasks,
  readEpisodes,
  readSweepInfo,
  runSweep,
  writeSweepInfo,
} from "@vla-pruner/eval";
import type { EpisodeRecord, SweepEnd, SweepInfo, SweepPlan } from "@vla-pruner/eval";
import { VlaPrunerError } from "@vla-pruner/format";
import { CountProgress } from "../report/progress-bar.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";
import { machineName, sourceCommit } from "./machine.ts";

export interface PlayOptions {
  readonly jobs: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly timeLimit?: number;
  readonly commit?: string;
  /** Path of the program that worker processes run. */
  readonly program: string | null;
}

export interface Played {
  readonly info: SweepInfo;
  /** Those of earlier runs included. */
  readonly records: readonly EpisodeRecord[];
  readonly end: SweepEnd;
  readonly interrupted: boolean;
}

/** Plays what is left of a plan, and keeps a journal where there is a folder for it. */
export async function playPlan(
  plan: SweepPlan,
  { jobs: workers, out, resume, timeLimit, commit, program }: PlayOptions,
  streams: Pick<Streams, "stderr">,
  signal: AbortSignal,
): Promise<Played> {
  if (resume === true && out === undefined) throw nothingToResume();
  checkLimits(workers, timeLimit);
  const all = jobsOf(plan);
  const tasks = ownTasks(plan.suites);
  const own: SweepInfo = {
    settings: plan.settings,
    policies: Object.fromEntries(plan.policies.map((policy) => [policy.name, fingerprintOf(policy)])),
    ...(Object.keys(tasks).length > 0 && { tasks }),
    machine: machineName(),
    commit: commit ?? sourceCommit(program ?? ""),
    commands: [`vla-pruner ${process.argv.slice(2).join(" ")}`],
  };
  const used = out !== undefined && hasEpisodes(out);
  if (used && resume !== true) throw inUse(out);
  const past = used ? readSweepInfo(out) : null;
  const info = past === null ? own : joinSweepInfo(past, own);
  const records = out === undefined ? [] : readEpisodes(out);
  const known = new Set(records.map(keyOf));
  const left = all.filter((job) => !known.has(keyOf({ ...job, task: job.task.name })));
  if (program === null) throw noProgram();
  const script = { path: program, args: ["eval-worker"] };
  const journal = out === undefined ? null : new EpisodeJournal(out);
  if (out !== undefined) writeSweepInfo(out, info);
  const progress = new CountProgress(streams.stderr, all.length, all.length - left.length);
  try {
    const end = await runSweep(left, {
      workers,
      script,
      signal,
      ...(timeLimit !== undefined && { timeLimit }),
      onEpisode: (record) => {
        records.push(record);
        journal?.append(record);
        progress.advance();
      },
      onProblem: (message) => warn(streams, `an episode's worker crashed: ${message}`),
    });
    return { info, records, end, interrupted: signal.aborted };
  } finally {
    progress.stop();
    journal?.close();
  }
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
