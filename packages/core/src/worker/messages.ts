import type { SerializedError } from "@vla-pruner/format";
import type { DraftOptions } from "../drafts/draft-options.ts";
import type { PolicyEvents } from "../events.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import type { ObservationInput } from "../observation.ts";
import type { StepResult } from "../policy/step-result.ts";
import type { PrunerOptions } from "../pruners/pruner-options.ts";
import type { PretrainedOptions } from "../transformers/pretrained-options.ts";
import type { ModelLayout } from "../vla-adapter.ts";

/** An export of a module, found by the side that asks: the worker may look elsewhere. */
export interface ModuleSetup {
  /** As it was written, for errors. */
  readonly name: string;
  readonly url: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A pruner by its name, or by `URL#export`. */
export interface PrunerSetup {
  readonly name: string;
  readonly options: Partial<PrunerOptions>;
}

/** All that a worker must know to load a policy, as plain data. */
export interface WorkerSetup {
  readonly model: string;
  readonly pretrained: Omit<PretrainedOptions, "progress_callback">;
  readonly plugins: readonly ModuleSetup[];
  readonly middleware: readonly ModuleSetup[];
  readonly pruner: PrunerSetup | null;
  readonly cameras: Readonly<Record<string, string>>;
  readonly drafts: boolean | DraftOptions;
  readonly selectAhead: boolean;
  /** Whether somebody listens to the progress of loading. */
  readonly progress: boolean;
}

/** What the worker is asked for, and what it answers. */
export interface Questions {
  load: { asks: { readonly setup: WorkerSetup }; gives: LoadedFacts };
  start: {
    asks: { readonly episode: number; readonly name: string; readonly pruner: PrunerSetup | null };
    gives: SavedMemory;
  };
  act: {
    asks: {
      readonly episode: number;
      readonly observation: ObservationInput;
      /** One action in robot units, to be verified. */
      readonly draft: readonly number[] | undefined;
      /** Events that somebody listens to. */
      readonly events: readonly string[];
    };
    gives: { readonly result: StepResult; readonly memory: SavedMemory };
  };
  /** `restores`: those that were asked for before; a later one is not undone. */
  reset: { asks: { readonly episode: number; readonly restores: number }; gives: SavedMemory };
  restore: {
    asks: { readonly episode: number; readonly restores: number; readonly state: EpisodeState };
    gives: SavedMemory;
  };
  end: { asks: { readonly episode: number }; gives: null };
  example: { asks: { readonly seed: number }; gives: ObservationInput };
  dispose: { asks: object; gives: null };
}

export type Question = {
  [Kind in keyof Questions]: { readonly kind: Kind } & Questions[Kind]["asks"];
}[keyof Questions];

export interface LoadedFacts {
  readonly architecture: string;
  readonly layout: ModelLayout;
}

/** An episode's memory, or why it cannot be saved. */
export type SavedMemory = { readonly state: EpisodeState } | { readonly failure: Failure };

/** An error on its way: one of VLA-Pruner's keeps its code. */
export type Failure =
  | SerializedError
  | { readonly name: string; readonly message: string; readonly stack: string };

export type ToWorker =
  | (Question & { readonly id: number })
  /** A step's action is wanted: the episode may remember it. */
  | { readonly kind: "commit"; readonly id: number }
  | { readonly kind: "cancel"; readonly id: number }
  /** The process ends: begin nothing, and end what is under way. */
  | { readonly kind: "halt" };

export type ForwardedEvent = Extract<
  keyof PolicyEvents,
  "stage-end" | "attention-available" | "selection-available"
>;

export const FORWARDED_EVENTS: readonly ForwardedEvent[] = [
  "stage-end",
  "attention-available",
  "selection-available",
];

export type FromWorker =
  | { readonly kind: "progress"; readonly info: unknown }
  | { readonly kind: "event"; readonly name: ForwardedEvent; readonly event: unknown }
  /** A step has its action, and waits for `commit` or `cancel`. */
  | { readonly kind: "ready"; readonly id: number }
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };
