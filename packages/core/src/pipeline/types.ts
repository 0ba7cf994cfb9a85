import type { PolicyEmitter } from "../events.ts";
import type { FrameSource, Observation } from "../observation.ts";
import type { StepOptions } from "../policy/episode.ts";
import type { Policy } from "../policy/policy.ts";
import type { StepResult } from "../policy/step-result.ts";

/** What may come with frames and instruction: state, noise, a signal that cancels. */
export type StepExtras = Omit<Observation, "images" | "instruction"> & StepOptions;

/**
 * A policy that can be called: one frame (or several, by camera name) and an instruction give an action.
 * Calls, `reset` and `dispose` take effect in the order in which they were made.
 */
export interface VlaPipeline {
  (
    frames: FrameSource | Readonly<Record<string, FrameSource>>,
    instruction: string,
    rest?: StepExtras,
  ): Promise<StepResult>;
  readonly policy: Policy;
  /** What happened, after the fact. */
  readonly events: PolicyEmitter;
  /** Starts the next episode: forgets past action attention. */
  reset(): Promise<void>;
  dispose(): Promise<void>;
}
