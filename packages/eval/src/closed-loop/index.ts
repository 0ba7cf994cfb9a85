// Playing an episode, without files: this much runs in a browser, too.
export type {
  ClosedLoopOptions,
  DrivenEpisode,
  DrivenPolicy,
  EpisodeOutcome,
  ModelCall,
  ShownTokens,
} from "./types.ts";
export { callMilliseconds } from "./call-milliseconds.ts";
export { runEpisode } from "./run-episode.ts";
