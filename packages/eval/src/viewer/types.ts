import type { StageName } from "@vla-pruner/core";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { EpisodeOutcome } from "../closed-loop/types.ts";
import type { ScoreName } from "./page-data.ts";

/** The visual tokens of one camera at one call, in the order of the patches: row by row from the upper left. */
export interface TracedView {
  /** Name of the camera among the observation's images. */
  readonly camera: string;
  /** 1 where the token was kept, uint8 `[tokens]`. */
  readonly kept: Uint8Array;
  /** float32 `[tokens]`; `null` where the call reported none. */
  readonly scores: Readonly<Record<ScoreName, Float32Array | null>>;
}

/** One model call, copied out of what the policy reports. */
export interface TracedCall {
  /** Control step at which it was made. */
  readonly step: number;
  readonly decision: "dense" | "pruned";
  readonly reason: string;
  readonly frames: Readonly<Record<string, RgbImage>>;
  /** Cameras that the policy sees. */
  readonly views: readonly TracedView[];
  /** Robot units, `[horizon][action]`. */
  readonly chunk: readonly (readonly number[])[];
  /** Milliseconds by stage. */
  readonly timings: Readonly<Partial<Record<StageName, number>>>;
  /** Share of the tokens on the current goal's object that were kept. */
  readonly objectKept: number | null;
  /** Share of the kept tokens that were kept at the call before. */
  readonly overlap: number | null;
}

/** One episode, ready to be shown. */
export interface EpisodeTrace {
  /** How it was pruned, for headings: "dense", "vla-pruner 25 %". */
  readonly label: string;
  readonly outcome: EpisodeOutcome;
  readonly calls: readonly TracedCall[];
}

/** What the report says about the run as a whole. */
export interface ReportMeta {
  /** The model, for the title. */
  readonly model: string;
  /** Further lines under the title, name to value: the command, the commit, the machine. */
  readonly facts?: Readonly<Record<string, string>>;
}
