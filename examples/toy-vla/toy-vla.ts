import type { ModelLayout, NormStats } from "@vla-pruner/core";

/** What the recipe writes into the `vla` block and the adapter reads. */
export interface ToyVla {
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly image_size: number;
  /** Actions in a chunk, numbers in an action. */
  readonly action: readonly [chunk: number, size: number];
  readonly decoder: Record<"layers" | "hidden" | "intermediate" | "vocabulary", number>;
  readonly tower: Record<"layers" | "hidden" | "intermediate" | "tokens", number>;
}

/** The facts that core reads in place of asking for the architecture. */
export function toyLayout(vla: ToyVla): ModelLayout {
  return {
    pruneLayer: vla.prune_layer,
    layers: vla.decoder.layers,
    tappedLayers: vla.tapped_layers,
    actionLayers: vla.action_layers,
    views: [{ name: "image", start: 0, count: vla.vision_tokens_per_view }],
    semanticRows: "last",
    cost: { ...vla.decoder, decodeSteps: 0, towers: [vla.tower] },
  };
}
