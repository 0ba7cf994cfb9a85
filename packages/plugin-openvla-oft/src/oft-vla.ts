import type { NormStats } from "@vla-pruner/core";
import type { ActionBins, ImageProcessorConfig } from "@vla-pruner/prismatic";

/** What turns hidden states into actions. */
export type HeadKind = "l1" | "discrete" | "diffusion";

/** Which statistics stand for −1 and 1: minimum and maximum, or 1 % and 99 % quantiles. */
export type Normalization = "bounds" | "bounds_q99";

/** What the OpenVLA-OFT recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface OftVla {
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly normalization: Normalization;
  readonly image_processor: ImageProcessorConfig;
  readonly action_head: HeadKind;
  /** Actions a call, and numbers an action. */
  readonly chunk: number;
  readonly action_size: number;
  /** Numbers of the robot's state; 0 where the model has no proprio token. */
  readonly state_size: number;
  /** Whether language steers the vision towers. */
  readonly film: boolean;
  /** Denoising steps of a diffusion head; 0 for the others. */
  readonly steps: number;
  readonly action_tokens: ActionBins;
  /** Ends every prompt; absent in model directories of earlier versions. */
  readonly empty_token_id?: number;
  readonly decoder: {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly vocabulary: number;
    /** Rows of the rotary tables. */
    readonly positions: number;
    readonly float_type: "float32" | "float16";
  };
  readonly towers: readonly {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly tokens: number;
  }[];
}
