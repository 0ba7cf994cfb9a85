import { CACHED_DECODER_SHAPE, checkPluginBlock, listOf, shaped, TOWER_SHAPE } from "@vla-pruner/format";
import type { Shape, VlaBlock } from "@vla-pruner/format";
import { ACTION_BINS_SHAPE, IMAGE_PROCESSOR_SHAPE } from "@vla-pruner/prismatic";
import type { OpenVlaVla } from "./openvla-vla.ts";

const OPENVLA: Shape<OpenVlaVla> = {
  decoder: CACHED_DECODER_SHAPE,
  image_processor: IMAGE_PROCESSOR_SHAPE,
  action_tokens: ACTION_BINS_SHAPE,
  towers: listOf(shaped(TOWER_SHAPE)),
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkOpenVla(vla: VlaBlock): OpenVlaVla {
  return checkPluginBlock(vla, OPENVLA);
}
