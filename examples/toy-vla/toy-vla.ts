import * as format from "@vla-pruner/format";
import type { DecoderBlock, PlannedBlock, Shape, TowerBlock, VlaBlock } from "@vla-pruner/format";

/** What the recipe writes into the `vla` block and the adapter reads. */
export interface ToyVla extends PlannedBlock {
  readonly image_size: number;
  /** Actions in a chunk, numbers in an action. */
  readonly action: readonly [chunk: number, size: number];
  readonly decoder: Pick<DecoderBlock, "layers" | "hidden" | "intermediate" | "vocabulary">;
  readonly tower: TowerBlock;
}

const { isCount, isNumber, listOf, objectOf, oneOf, shaped } = format;
const SHAPE: Shape<ToyVla> = {
  views: oneOf(1),
  image_size: isCount,
  action: listOf(isCount, 2),
  norm_stats: objectOf(shaped({ action: { low: listOf(isNumber, 7), high: listOf(isNumber, 7) } })),
  decoder: { layers: isCount, hidden: isCount, intermediate: isCount, vocabulary: isCount },
  tower: format.TOWER_SHAPE,
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkToyVla(vla: VlaBlock): ToyVla {
  return format.checkPluginBlock(vla, SHAPE);
}
