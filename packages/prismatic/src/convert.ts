export { invalid, missing } from "./recipe/checkpoint-checks.ts";
export { readEmptyToken } from "./recipe/empty-token.ts";
export { readImageProcessor } from "./recipe/image-processor-config.ts";
export { PRISMATIC_CONFIGS } from "./recipe/prismatic-configs.ts";
export { DECODER, readSizes } from "./recipe/prismatic-sizes.ts";
export type { PrismaticSizes } from "./recipe/prismatic-sizes.ts";
export { syntheticTensors } from "./recipe/synthetic-tensors.ts";
export { visionGraph } from "./recipe/vision-graph.ts";
export { PRISMATIC_FILES, readNormStats } from "./recipe/norm-stats.ts";
