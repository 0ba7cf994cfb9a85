import type { ObservationInput, StepResult } from "@vla-pruner/core";

/**
 * Why an episode began: a connection or a session of its own; what the client said (`reset`, `endpoint`,
 * `episode-start`, `trial`); or what the server saw: another `prompt`, a `gap`, or a `worker-lost` between a call and
 * the saving of its memory.
 */
export type ResetReason =
  | "connection"
  | "session"
  | "reset"
  | "endpoint"
  | "episode-start"
  | "trial"
  | "prompt"
  | "gap"
  | "worker-lost";

/** What begins a new episode where the client does not say so itself. */
export interface EpisodeRules {
  /** Another instruction. */
  readonly prompt: boolean;
  /** Seconds between a reply and the next observation; `null` for no limit. */
  readonly gap: number | null;
}

/** Clients with frames of their own for it. */
export const EXPLICIT: EpisodeRules = { prompt: false, gap: null };

export interface StepRequest {
  readonly observation: ObservationInput;
  readonly prompt: string;
  /** When the request came in, `performance.now()`. */
  readonly arrived: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A call that was served. */
export interface ServedStep {
  readonly result: StepResult;
  /** Name of the episode: its session's, and a number. */
  readonly episode: string;
  /** Why the episode began with this call; empty where it did not. */
  readonly reset: ResetReason | "";
  /** Milliseconds of waiting for the policy. */
  readonly queueMs: number;
  /** Milliseconds of the policy. */
  readonly inferMs: number;
}
