import type { NormStats } from "@vla-pruner/core";

/** How a vector is brought to the model's units: z-scores, 1 % and 99 % quantiles to −1 … 1, or not at all. */
export type NormMode = "z-score" | "quantiles" | "identity";

/** Whose formulas and prompts a checkpoint was trained with; they differ in epsilons and in white space. */
export type Convention = "openpi" | "lerobot";

/** What the π0 recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface Pi0Vla {
  readonly variant: "pi0" | "pi05";
  readonly convention: Convention;
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  /** Side of the square pictures, pixels. */
  readonly image_size: number;
  /** By asset id: `state` and `action`, each with `mean`, `std`, `q01`, `q99` as far as known. */
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly normalization: { readonly state: NormMode; readonly action: NormMode };
  /** Tokens of a prompt, at most; longer ones are cut as openpi does. */
  readonly prompt_tokens: number;
  /** Actions in a chunk. */
  readonly horizon: number;
  /** Width of an action, and of the state, in the model; shorter vectors are padded with zeros. */
  readonly action_size: number;
  readonly state_size: number;
  /** Euler steps of a call. */
  readonly steps: number;
  readonly decoder: {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly vocabulary: number;
    readonly heads: number;
    readonly key_value_heads: number;
    readonly head_size: number;
    /** Rows of the rotary tables. */
    readonly positions: number;
    readonly float_type: "float32" | "float16";
  };
  readonly expert: { readonly hidden: number; readonly intermediate: number };
  readonly tower: { readonly layers: number; readonly hidden: number; readonly intermediate: number };
}
