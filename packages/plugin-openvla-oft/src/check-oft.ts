import {
  checkPluginBlock,
  DECODER_SHAPE,
  isCount,
  isFlag,
  isWhole,
  listOf,
  oneOf,
  shaped,
  TOWER_SHAPE,
} from "@vla-pruner/format";
import type { Shape, VlaBlock } from "@vla-pruner/format";
import { ACTION_BINS_SHAPE, IMAGE_PROCESSOR_SHAPE } from "@vla-pruner/prismatic";
import type { OftVla } from "./oft-vla.ts";

const OFT: Shape<OftVla> = {
  views: oneOf(1, 2, 3),
  normalization: oneOf("bounds", "bounds_q99"),
  image_processor: IMAGE_PROCESSOR_SHAPE,
  action_head: oneOf("l1", "discrete", "diffusion"),
  chunk: isCount,
  action_size: isCount,
  state_size: isWhole,
  film: isFlag,
  steps: isWhole,
  action_tokens: ACTION_BINS_SHAPE,
  decoder: DECODER_SHAPE,
  towers: listOf(shaped(TOWER_SHAPE)),
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkOft(vla: VlaBlock): OftVla {
  return checkPluginBlock(vla, OFT);
}
