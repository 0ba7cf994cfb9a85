export type { ClosedLoopOptions, EpisodeOutcome, ModelCall } from "./closed-loop/types.ts";
export { episodeReport } from "./viewer/episode-report.ts";
export { traceRecorder } from "./viewer/trace-recorder.ts";
export type { TraceRecorder } from "./viewer/trace-recorder.ts";
export type { EpisodeTrace, ReportMeta, ScoreName, TracedCall, TracedView } from "./viewer/types.ts";
