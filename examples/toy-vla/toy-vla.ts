import type { DecoderBlock, PlannedBlock, TowerBlock } from "@vla-pruner/format";

/** What the recipe writes into the `vla` block and the adapter reads. */
export interface ToyVla extends PlannedBlock {
  readonly image_size: number;
  /** Actions in a chunk, numbers in an action. */
  readonly action: readonly [chunk: number, size: number];
  readonly decoder: Pick<DecoderBlock, "layers" | "hidden" | "intermediate" | "vocabulary">;
  readonly tower: TowerBlock;
}
