import type { NormStats } from "@vla-pruner/core";
import type { ActionBins, ImageProcessorConfig } from "@vla-pruner/prismatic";

/** What the OpenVLA recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface OpenVlaVla {
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly image_processor: ImageProcessorConfig;
  readonly decoder: {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly vocabulary: number;
    readonly heads: number;
    readonly key_value_heads: number;
    readonly head_size: number;
    readonly positions: number;
    readonly float_type: "float32" | "float16";
  };
  readonly towers: readonly {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly tokens: number;
  }[];
  readonly action_tokens: ActionBins;
  /** Ends every prompt; absent in model directories of earlier versions. */
  readonly empty_token_id?: number;
}
