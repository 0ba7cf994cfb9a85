export { ACTION_BINS_SHAPE, binCentre, tokenOf } from "./action-bins.ts";
export type { ActionBins } from "./action-bins.ts";
export { readBounds } from "./bounds.ts";
export type { Bounds } from "./bounds.ts";
export { IMAGE_PROCESSOR_SHAPE } from "./image-processor-shape.ts";
export { prismaticPixels, processFrames } from "./processor.ts";
export { encodePrompt, openvlaPrompt, prismaticIds } from "./prompt.ts";
export type { PrismaticOptions } from "./prompt.ts";
export type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";
