export type {
  ClosedLoopOptions,
  DrivenEpisode,
  DrivenPolicy,
  EpisodeOutcome,
  ModelCall,
  ShownTokens,
} from "./closed-loop/types.ts";
export { callMilliseconds } from "./closed-loop/call-milliseconds.ts";
export { medianOf } from "./statistics.ts";
export { checkCameras } from "./closed-loop/camera-of.ts";
export { runEpisode } from "./closed-loop/run-episode.ts";

// Pruners that an evaluation knows beside core's.
export { checkPruner, EVALUATED_PRUNERS, evaluatedPruner } from "./oracles/evaluated-pruners.ts";
export type { EpisodePruner, Variant, Warmup } from "./oracles/evaluated-pruners.ts";

// Sweeps.
export { jobsOf } from "./sweep/jobs.ts";
export { playPlan } from "./sweep/play-plan.ts";
export type { Played, PlayOptions } from "./sweep/play-plan.ts";
export type { Shard } from "./sweep/shard-of.ts";
export { runSweep } from "./sweep/run-sweep.ts";
export type { SweepEnd, SweepOptions } from "./sweep/run-sweep.ts";
export { serveEpisodes } from "./sweep/serve-episodes.ts";
export type { LoadedModel, WorkerParts } from "./sweep/serve-episodes.ts";
export { checkServed } from "./sweep/check-served.ts";
export type { ServedPolicy } from "./sweep/types.ts";
export type { WorkerScript } from "./sweep/episode-worker.ts";
export { EpisodeJournal, readEpisodes } from "./sweep/journal.ts";
export { joinFolders } from "./sweep/join-folders.ts";
export type { EpisodeFilter } from "./sweep/join-folders.ts";
export { readSweepInfo } from "./sweep/sweep-info.ts";
export type { SweepInfo } from "./sweep/sweep-info.ts";
export { keyOf } from "./sweep/episode-key.ts";
export { machineName } from "./sweep/machine.ts";
export type { Cell, EpisodeRecord, Job, SweepPlan, SweepSettings, SweptPolicy } from "./sweep/types.ts";

// Reports.
export { evaluationReport } from "./report/evaluation-report.ts";
export { policyTable } from "./report/comparison-table.ts";
export { writeReport } from "./report/write-report.ts";
export type {
  CellReport,
  ComparisonReport,
  EvaluationReport,
  PolicyComparison,
  PooledComparison,
} from "./report/types.ts";

// The viewer.
export { episodeReport } from "./viewer/episode-report.ts";
export { traceRecorder } from "./viewer/trace-recorder.ts";
export type { TraceRecorder } from "./viewer/trace-recorder.ts";
export type { ScoreName } from "./viewer/page-data.ts";
export type { EpisodeTrace, ReportMeta, TracedCall, TracedView } from "./viewer/types.ts";
