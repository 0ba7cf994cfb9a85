export { splitDecoder } from "./split/split-decoder.ts";
export type { SplitDecoder, SplitOptions } from "./split/split-decoder.ts";
export type { DecoderPart } from "./split/write-part.ts";
export type { CutPlace } from "./split/find-cut.ts";
export type { PositionSource } from "./split/positions.ts";
export { promptGraph } from "./split/prompt-graph.ts";
export { float16Value } from "@vla-pruner/format";
