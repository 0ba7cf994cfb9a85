// Errors.
export type { ErrorCode } from "./errors/error-code.ts";
export { VlaPrunerError } from "./errors/vla-pruner-error.ts";
export type { ErrorDetails, SerializedError } from "./errors/vla-pruner-error.ts";
export { checkOptions } from "./options/check-options.ts";

// A model directory.
export { FORMAT } from "./block/vla-block.ts";
export type {
  CachedDecoderBlock,
  DecoderBlock,
  GraphBytes,
  NormStats,
  PlannedBlock,
  SessionEntry,
  StatisticsNote,
  TowerBlock,
  VlaBlock,
} from "./block/vla-block.ts";
export {
  CACHED_DECODER_SHAPE,
  checkPluginBlock,
  checkVlaBlock,
  DECODER_SHAPE,
  TOWER_SHAPE,
} from "./block/check-vla-block.ts";
export { chosenDtype, inDtypes } from "./block/dtype-choice.ts";
export type { DtypeChoice } from "./block/dtype-choice.ts";
export {
  dataFileName,
  DTYPE_SUFFIXES,
  dtypeOf,
  dtypeWithSuffix,
  graphFile,
  graphFileName,
  heardByTransformers,
  sessionFiles,
} from "./block/dtypes.ts";
export { latterHalf } from "./block/latter-half.ts";
export { SEMANTIC_ROWS } from "./block/semantic-rows.ts";
export type { SemanticRows } from "./block/semantic-rows.ts";
export { TARGETS } from "./block/targets.ts";
export type { Target } from "./block/targets.ts";
export { statisticsNamed } from "./block/statistics-named.ts";

export { float16Value } from "./float16-value.ts";

// What the checks are made of.
export {
  isCount,
  isFlag,
  isNumber,
  isObject,
  isText,
  isWhole,
  listOf,
  misfitOf,
  objectOf,
  oneOf,
  optional,
  shaped,
} from "./shape.ts";
export type { Misfit, Shape, Test } from "./shape.ts";
