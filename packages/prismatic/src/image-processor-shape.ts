import { isCount, isNumber, listOf, oneOf, shaped } from "@vla-pruner/format";
import type { Shape } from "@vla-pruner/format";
import type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";

const CHANNELS = listOf(isNumber, 3);

/**
 * For a plugin's own check of `vla.image_processor`: a mean and a deviation for each channel, a pair for each tower; a
 * way of resizing that is known, since another one would show the model another picture.
 */
export const IMAGE_PROCESSOR_SHAPE: Shape<ImageProcessorConfig> = {
  size: isCount,
  strategy: oneOf("resize-naive", "letterbox", "resize-crop"),
  fill: CHANNELS,
  normalize: listOf(shaped({ mean: CHANNELS, std: CHANNELS }), 1),
};
