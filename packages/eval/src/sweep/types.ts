import type { Device } from "@vla-pruner/core";
import type { Disturbances, Task } from "@vla-pruner/sim";
import type { DrivenPolicy, EpisodeOutcome } from "../closed-loop/types.ts";
import type { Variant, Warmup } from "../oracles/evaluated-pruners.ts";

/** A model directory under the name that reports give it. */
export interface SweptPolicy {
  readonly name: string;
  /** Or the address of a server. */
  readonly path: string;
  /** Of a policy on a server, what tells it from others; of a directory it is worked out. */
  readonly fingerprint?: string;
  /** Tokens of a call are chosen by the call before. */
  readonly ahead?: boolean;
}

/** A policy on a server, which says how it prunes. */
export interface ServedPolicy extends DrivenPolicy {
  readonly about: Readonly<Record<string, string | number | boolean>>;
  dispose(): Promise<void>;
}

/** What is to be compared. */
export interface SweepPlan {
  readonly policies: readonly SweptPolicy[];
  /** `keep-all` runs once, at retention 1; every other at each retention below 1. */
  readonly pruners: readonly string[];
  readonly retentions: readonly number[];
  readonly warmups: readonly Warmup[];
  /** Tasks by suite. */
  readonly suites: Readonly<Record<string, readonly Task[]>>;
  /** Of each cell. Episode n plays task n mod tasks from test seed n, for every pruner. */
  readonly episodes: number;
  /** Number of the first episode. Default 0. */
  readonly first?: number;
  readonly settings: SweepSettings;
}

/** What must be the same in all episodes of one table. */
export interface SweepSettings {
  readonly variants: Readonly<Record<string, Variant>>;
  /** Actions of a chunk that are executed; half of it where absent. */
  readonly execute?: number;
  /** Control steps an episode; the task's own where absent. */
  readonly horizon?: number;
  readonly disturbances?: Disturbances;
  /** Where ONNX Runtime computes; the processor where absent. */
  readonly device?: Device;
  /** Which of their dtypes the models are loaded in; their own where absent. */
  readonly dtype?: Readonly<Record<string, string>>;
  /** Training set whose statistics un-normalise actions; the model's only one where absent. */
  readonly unnormKey?: string;
  /** Frames are cropped to 0.9 of their area first; where absent, they are not. */
  readonly centerCrop?: true;
  /** A policy's view → the simulator's camera that feeds it; by name or order where absent. */
  readonly cameras?: Readonly<Record<string, string>>;
  /** What is tried as a draft of the tokens; nothing where absent. */
  readonly draft?: "previous";
}

/** One cell of the table. */
export interface Cell {
  readonly policy: string;
  readonly pruner: string;
  readonly retention: number;
  /** `null` for `keep-all`, which has none. */
  readonly warmup: Warmup | null;
  readonly suite: string;
}

/** One episode to play. */
export interface Job extends Cell {
  readonly path: string;
  readonly task: Task;
  readonly seed: number;
  /** Tokens of a call are chosen by the call before. */
  readonly ahead?: boolean;
  readonly settings: SweepSettings;
}

/** Multiply-accumulates of one call, mean over the episode's calls, by part. */
export interface CallCost {
  readonly vision: number;
  readonly prefill: number;
  readonly decode: number;
  readonly head: number;
}

/** One line of `episodes.jsonl`. */
export interface EpisodeRecord extends Cell, EpisodeOutcome {
  /** By core's cost model: as run, and as it would be unpruned. */
  readonly cost: CallCost;
  readonly denseCost: CallCost;
  /** Seconds of wall clock, simulation included. */
  readonly seconds: number;
}
