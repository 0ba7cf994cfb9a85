// Converting.
export { convertCheckpoint } from "./convert/convert-checkpoint.ts";
export type { ConvertRequest } from "./convert/convert-checkpoint.ts";
export { verifyChecksums } from "./convert/checksums.ts";
export type { ChecksumReport } from "./convert/checksums.ts";
export { convertFolder } from "./convert/convert-folder.ts";
export type { ConversionReport, MatrixReport } from "./convert/conversion-report.ts";
export type { ConvertedDtypes } from "./convert/dtypes.ts";
export type { CheckpointFiles } from "./convert/checkpoint-files.ts";
export { planCut } from "./convert/cut-plan.ts";
export type { CutPlan } from "./convert/cut-plan.ts";
export type {
  CheckpointConfig,
  ConversionPlan,
  ModelRecipe,
  RecipeOptions,
  RecipeRequest,
  SessionPlan,
} from "./convert/model-recipe.ts";
export { planConversion } from "./convert/plan-conversion.ts";
export type { CheckedPlan } from "./convert/plan-conversion.ts";
export { openCheckpoint, readJson } from "./convert/open-checkpoint.ts";
export type { OpenCheckpoint } from "./convert/open-checkpoint.ts";

// What a recipe knows of its checkpoints' configs and tensors.
export { checkFields, ignoredFields, readFields } from "./convert/config-fields.ts";
export type { ConfigFields, FieldRule } from "./convert/config-fields.ts";
export type { UnneededTensors } from "./convert/strict-tensors.ts";
export { TRANSFORMERS_FIELDS } from "./convert/transformers-fields.ts";

export { invalidConfig, invalidOption, missingTensor } from "./convert/recipe-errors.ts";
export { dimsOf, layersBelow, wholeNumber, wholeOption } from "./convert/read-sizes.ts";
export { cacheOutputs, cutBlock, decoderBlock } from "./convert/vla-block.ts";

// Weights.
export { PytorchFile } from "./pytorch/pytorch-file.ts";
export { writeSafetensors } from "./safetensors/write-checkpoint.ts";
export type { StoredType } from "./safetensors/write-checkpoint.ts";
export { hashNoise, nameHash } from "./synthetic/hash-noise.ts";
export { recordTensors } from "./synthetic/record-tensors.ts";
export { SyntheticSource } from "./synthetic/synthetic-source.ts";
export type { SyntheticTensor } from "./synthetic/synthetic-source.ts";
export type { TensorInfo, TensorSource } from "./weights/tensor-source.ts";
