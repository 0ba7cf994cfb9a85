export { ACTION_BINS_SHAPE, binCentre } from "./action-bins.ts";
export type { ActionBins } from "./action-bins.ts";
export { checkIds, checkPixels, invalid } from "./check-observation.ts";
export { exampleFrame } from "./example-frame.ts";
export { IMAGE_PROCESSOR_SHAPE } from "./image-processor-shape.ts";
export { processFrame } from "./processor.ts";
export { encodePrompt, openvlaPrompt } from "./prompt.ts";
export type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";
