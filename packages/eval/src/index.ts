export type { ClosedLoopOptions, EpisodeOutcome, ModelCall } from "./closed-loop/types.ts";
