import type {
  CameraFrame,
  Episode,
  ModelLayout,
  StageMiddleware,
  StepResult,
  TokenPruner,
} from "@vla-pruner/core";
import type { Disturbances, Role, Task } from "@vla-pruner/sim";

/** What is driven: a policy of this process, or one on a server, which prunes as the server does. */
export interface DrivenPolicy {
  readonly adapter: { readonly layout: ModelLayout };
  startEpisode(parts?: Pick<ClosedLoopOptions, "pruner" | "middleware">): DrivenEpisode;
}

/** An episode that may have to be ended where it is kept. */
export interface DrivenEpisode extends Episode {
  end?(): Promise<void>;
}

/** How a policy is driven through an episode. */
export interface ClosedLoopOptions {
  readonly task: Task;
  readonly seed: number;
  /** Actions of a chunk that are executed before the next call. Default: half of it, at least one. */
  readonly execute?: number;
  readonly disturbances?: Disturbances;
  /** Control steps; the task's own horizon where absent. */
  readonly horizon?: number;
  /** The policy's view → the simulator's camera that feeds it; by name or order where absent. */
  readonly cameras?: Readonly<Record<string, string>>;
  /** In place of the policy's own pruner. */
  readonly pruner?: TokenPruner;
  /** Within the policy's own. */
  readonly middleware?: readonly StageMiddleware[];
  /** Awaited before every model call: to keep a pace, or to take turns with another episode. */
  readonly beforeCall?: () => void | Promise<void>;
  /** Called after every model call. */
  readonly onCall?: (call: ModelCall) => void;
  /** Stops between two control steps. */
  readonly signal?: AbortSignal;
}

/** For each role, the share of each visual token's patch that shows it, float32 `[vision]`; 0 where it does not count as shown. */
export type ShownTokens = Readonly<Record<Role, Float32Array>>;

/** One call of the model within an episode. */
export interface ModelCall {
  /** Control step at which it was made. */
  readonly step: number;
  readonly images: Readonly<Record<string, CameraFrame>>;
  readonly result: StepResult;
  /** Share of the visual tokens that show the current goal's object (centre of the patch or a fifth of its pixels) that were kept; `null` where none is visible. */
  readonly objectKept: number | null;
  /** Share of kept tokens that were kept at the call before, too; `null` at the first call. */
  readonly overlap: number | null;
}

/** Drafts of an episode's calls, summed up. */
export interface DraftTally {
  /** Calls that had one: all but the first. */
  readonly calls: number;
  /** Calls that verified it, rather than see afterwards what it would have been worth. */
  readonly verified: number;
  /** Tokens that were right up to the first that was not, or would have been. */
  readonly accepted: number;
  /** Tokens that could have been. */
  readonly of: number;
  /** Passes that the tokens behind the first took, where the model guesses anew what is wrong. */
  readonly passes?: number;
}

/** How an episode went. */
export interface EpisodeOutcome {
  readonly task: string;
  readonly suite: string;
  readonly seed: number;
  readonly instruction: string;
  readonly success: boolean;
  /** Control steps. */
  readonly steps: number;
  /** Goals reached, in order. */
  readonly goals: number;
  readonly calls: number;
  readonly denseCalls: number;
  /** Mean over the calls where there is one. */
  readonly objectKept: number | null;
  readonly overlap: number | null;
  /** What became of drafts, where there were any. */
  readonly drafts?: DraftTally;
  /** Median milliseconds a call, by stage. */
  readonly timings: Readonly<Record<string, number>>;
}
