import type { ViewSpan } from "@vla-pruner/core";
import type { EpisodeOutcome } from "@vla-pruner/eval/closed-loop";
import type { Binaries, ModelEntry } from "./catalogue.ts";

/** uint8 `[height, width, 3]`. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
}

/** Pictures by the policy's names of cameras. */
export type Pictures = Readonly<Record<string, Picture>>;

/** The pruner that the visitor chose. */
export interface PrunerChoice {
  readonly name: string;
  readonly retention: number;
}

/** Page → worker. */
export type Command =
  | {
      readonly type: "load";
      readonly model: ModelEntry;
      readonly binaries: Binaries;
      readonly device: "wasm" | "webgpu";
      /** The browser's own choice where absent. */
      readonly threads?: number;
    }
  | {
      readonly type: "play";
      readonly task: string;
      readonly seed: number;
      readonly choice: PrunerChoice;
      readonly compare: boolean;
    }
  | { readonly type: "adjust"; readonly retention: number; readonly compare: boolean }
  | { readonly type: "stop" }
  | {
      readonly type: "look";
      readonly picture: Picture;
      readonly instruction: string;
      readonly choice: PrunerChoice;
    };

/** The visitor's picture, and what to do or to tell. */
export type Look = Extract<Command, { type: "look" }>;

export type ScoreName = "semantic" | "forecast" | "action";

/** Which patches a model kept, and why. Vectors are over the visual tokens, `[vision]`. */
export interface SeenPatches {
  readonly pictures: Pictures;
  readonly views: readonly ViewSpan[];
  readonly keep: Int32Array;
  readonly scores: Readonly<Record<ScoreName, Float32Array | null>>;
  readonly decision: "dense" | "pruned";
}

/** One call of the policy, as the page shows it. */
export interface ShownCall extends SeenPatches {
  readonly reason: string;
  readonly milliseconds: number;
  readonly timings: Readonly<Record<string, number>>;
  /** Milliseconds of a dense call on the same observation; `null` where none was made. */
  readonly dense: number | null;
  readonly retention: number;
  /** The chunk, `[horizon][action]`. */
  readonly actions: readonly (readonly number[])[];
}

/** What a vision-language model answered. */
export interface Answer {
  readonly text: string;
  /** Milliseconds of the prompt in the decoder, and of all until the last word. */
  readonly prefill: number;
  readonly whole: number;
}

/** Worker → page. */
export type Report =
  | { readonly type: "progress"; readonly file: string; readonly loaded: number }
  | {
      readonly type: "ready";
      readonly seconds: number;
      readonly threads: number;
    }
  | {
      readonly type: "scene";
      readonly instruction: string;
      readonly pictures: Pictures;
      readonly horizon: number;
    }
  | { readonly type: "call"; readonly call: ShownCall; readonly step: number }
  | { readonly type: "step"; readonly step: number; readonly pictures: Pictures }
  | { readonly type: "end"; readonly outcome: EpisodeOutcome | null }
  | {
      readonly type: "looked";
      readonly call: ShownCall;
      readonly denseActions: readonly (readonly number[])[];
    }
  | {
      readonly type: "answered";
      readonly seen: SeenPatches;
      /** Visual tokens of the prompt. */
      readonly vision: number;
      readonly dense: Answer;
      readonly pruned: Answer;
    }
  | { readonly type: "failed"; readonly during: Command["type"]; readonly message: string };
