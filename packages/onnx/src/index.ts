// Converting.
export { convertCheckpoint, DTYPES } from "./convert/convert-checkpoint.ts";
export type { ConversionProgress, ConvertRequest } from "./convert/convert-checkpoint.ts";
export { latterHalf, planCut } from "./convert/cut-plan.ts";
export type { CutPlan } from "./convert/cut-plan.ts";
export { convertFolder } from "./convert/convert-folder.ts";
export type { ConvertFolderRequest } from "./convert/convert-folder.ts";
export { openCheckpoint, readJson } from "./convert/open-checkpoint.ts";
export type { OpenCheckpoint } from "./convert/open-checkpoint.ts";
export type {
  CheckpointConfig,
  ConversionPlan,
  ModelRecipe,
  RecipeOptions,
  RecipeRequest,
  SessionPlan,
} from "./convert/model-recipe.ts";

// Building graphs.
export { ABSENT } from "./graph/absent.ts";
export { GraphBuilder } from "./graph/graph-builder.ts";
export type { NodeOptions, PlannedGraph, PlannedWeight } from "./graph/graph-builder.ts";
export type { Attribute, Dimension, ElementType, FloatType, Value, ValueInfo } from "./graph/graph-model.ts";
export type { NodeSpec } from "./graph/spec-types.ts";
export { verifyGraph } from "./graph/verify-graph.ts";
export { weightBytes, writeGraph } from "./convert/write-graph.ts";
export type { GraphFileSizes, WriteGraphOptions } from "./convert/write-graph.ts";
export { summarizeModel } from "./proto/decode-model.ts";
export type { GraphSummary } from "./proto/decode-model.ts";

// Blocks.
export { activate } from "./blocks/activations.ts";
export type { Activation } from "./blocks/activations.ts";
export { causalAttention, fullAttention } from "./blocks/attention.ts";
export type { CachedAttention, CacheInputs, HeadSizes } from "./blocks/attention.ts";
export { actionTap, attentionMap } from "./blocks/attention-taps.ts";
export { CacheBorder } from "./blocks/cache-inputs.ts";
export { decoderLayer } from "./blocks/decoder-layer.ts";
export type { DecoderLayer, DecoderSizes } from "./blocks/decoder-layer.ts";
export { attentionWeights, headMean, openAttention, rowsTap, splitHeads } from "./blocks/open-attention.ts";
export type { OpenAttention } from "./blocks/open-attention.ts";
export { gatedMlp, projectQkv, transformerLayer } from "./blocks/transformer-layer.ts";
export type { LayerSizes, Projected } from "./blocks/transformer-layer.ts";
export { embedding } from "./blocks/embedding.ts";
export { gatherRows, keptRows } from "./blocks/gather-kept.ts";
export { linear, split, vector } from "./blocks/linear.ts";
export type { LinearSpec } from "./blocks/linear.ts";
export { modulatedRmsNorm } from "./blocks/modulated-norm.ts";
export { layerNorm, rmsNorm } from "./blocks/norms.ts";
export { geluMlp } from "./blocks/projector.ts";
export { rotaryTables, rotate } from "./blocks/rotary.ts";
export type { RotaryTables } from "./blocks/rotary.ts";
export { SEMANTIC_ROWS } from "@vla-pruner/format";
export { cosineSimilarity, semanticRows } from "./blocks/semantic-rows.ts";
export type { SemanticRanges } from "./blocks/semantic-rows.ts";
export {
  cast,
  concat,
  mean,
  range,
  reshape,
  scalar,
  sizeOfAxis,
  slice,
  squeeze,
  sum,
  transpose,
  unsqueeze,
} from "./blocks/shapes.ts";
export type { ColumnRange } from "./blocks/shapes.ts";
export { siglipTower } from "./blocks/siglip-tower.ts";
export type { SiglipSizes } from "./blocks/siglip-tower.ts";
export { visionTower } from "./blocks/vision-tower.ts";
export type { BlockModulation, TowerSizes } from "./blocks/vision-tower.ts";

// Weights.
export { JoinedSource } from "./weights/joined-source.ts";
export { PytorchFile } from "./pytorch/pytorch-file.ts";
export { SafetensorsCheckpoint } from "./safetensors/checkpoint.ts";
export { writeSafetensors } from "./safetensors/write-checkpoint.ts";
export type { StoredType } from "./safetensors/write-checkpoint.ts";
export { SyntheticSource } from "./synthetic/synthetic-source.ts";
export type { SyntheticTensor } from "./synthetic/synthetic-source.ts";
export { hashNoise, nameHash } from "./synthetic/hash-noise.ts";
export type { TensorInfo, TensorSource } from "./weights/tensor-source.ts";
export type { WeightPlan } from "./weights/weight-plan.ts";
