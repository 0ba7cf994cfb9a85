import {
  EpisodeJournal,
  fingerprintOf,
  hasEpisodes,
  joinSweepInfo,
  jobsOf,
  keyOf,
  readEpisodes,
  readSweepInfo,
  runSweep,
  writeSweepInfo,
} from "@vla-pruner/eval";
import type { EpisodeRecord, SweepEnd, SweepInfo, SweepPlan } from "@vla-pruner/eval";
import { VlaPrunerError } from "@vla-pruner/errors";
import { CountProgress } from "../report/count-progress.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";
import { machineName, sourceCommit } from "./machine.ts";

export interface PlayOptions {
  readonly jobs: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly timeLimit?: number;
  readonly commit?: string;
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
  { jobs: workers, out, resume, timeLimit, commit }: PlayOptions,
  streams: Pick<Streams, "stderr">,
  signal: AbortSignal,
): Promise<Played> {
  const script = { path: process.argv[1] ?? "", args: ["eval-worker"] };
  if (resume === true && out === undefined) throw nothingToResume();
  const all = jobsOf(plan);
  const own: SweepInfo = {
    settings: plan.settings,
    policies: Object.fromEntries(plan.policies.map((policy) => [policy.name, fingerprintOf(policy)])),
    machine: machineName(),
    commit: commit ?? sourceCommit(script.path),
    commands: [`vla-pruner ${process.argv.slice(2).join(" ")}`],
  };
  if (out !== undefined && resume !== true && hasEpisodes(out)) throw inUse(out);
  const past = out === undefined ? null : readSweepInfo(out);
  const info = past === null ? own : joinSweepInfo(past, own);
  const records = out === undefined ? [] : readEpisodes(out);
  const known = new Set(records.map(keyOf));
  const left = all.filter((job) => !known.has(keyOf({ ...job, task: job.task.name })));
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
