import { checkPluginBlock, isCount, listOf, oneOf, TOWER_SHAPE } from "@vla-pruner/format";
import type { DecoderBlock, PlannedBlock, Shape, TowerBlock, VlaBlock } from "@vla-pruner/format";

/** What the recipe writes into the `vla` block and the adapter reads. */
export interface ToyVla extends PlannedBlock {
  readonly image_size: number;
  /** Actions in a chunk, numbers in an action. */
  readonly action: readonly [chunk: number, size: number];
  readonly decoder: Pick<DecoderBlock, "layers" | "hidden" | "intermediate" | "vocabulary">;
  readonly tower: TowerBlock;
}

const SHAPE: Shape<ToyVla> = {
  views: oneOf(1),
  image_size: isCount,
  action: listOf(isCount, 2),
  decoder: { layers: isCount, hidden: isCount, intermediate: isCount, vocabulary: isCount },
  tower: TOWER_SHAPE,
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkToyVla(vla: VlaBlock): ToyVla {
  return checkPluginBlock(vla, SHAPE);
}
