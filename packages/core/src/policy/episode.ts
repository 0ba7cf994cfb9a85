import type { EpisodeState } from "../memory/episode-memory.ts";
import type { ObservationInput } from "../observation.ts";
import type { StepResult } from "./step-result.ts";

export interface StepOptions {
  /** Cancels the step, between stages and between the runs of a loop; the memory then stays as it was. */
  readonly signal?: AbortSignal;
  /**
   * An action in robot units that this call may well choose, from a smaller policy for example: the model verifies it in
   * one pass, and the result is what it would be without. For models that decode action tokens one after the other.
   */
  readonly draft?: readonly number[];
}

/**
 * One run of a task: what a robot acts by. `LocalEpisode` and `Policy` are such, and whatever stands in for them: a
 * proxy in front of a worker, a server, a recording.
 */
export interface Episode {
  /** Names it in events, stage inputs and results. */
  readonly id: string;
  /**
   * One control step. Concurrent calls wait for each other; a failed one leaves the memory as it was.
   *
   * @throws `disposed` once the policy is; `cancelled`; errors of the stages
   */
  act(observation: ObservationInput, options?: StepOptions): Promise<StepResult>;
  /** Forgets the past: call it at the start of every run of a task. Waits for a step that is under way. */
  reset(): Promise<void>;
  /** The memory as plain JSON, after the last completed call. */
  saveState(): EpisodeState | Promise<EpisodeState>;
  /**
   * Puts a saved memory in place at once. A step that is under way still gives its action, but is not
   * remembered; calls that wait go on from the restored memory; a reset that was asked for before does not
   * undo it.
   *
   * @throws `state-invalid`
   */
  restoreState(state: EpisodeState): void | Promise<void>;
}
