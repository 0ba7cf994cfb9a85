// Shapes.
export {
  cast,
  concat,
  END,
  mean,
  range,
  reshape,
  sizeOfAxis,
  slice,
  span,
  squeeze,
  sum,
  transpose,
  unsqueeze,
} from "./blocks/shapes.ts";
export type { ColumnRange } from "./blocks/shapes.ts";

// Words, projections, norms.
export { activate } from "./blocks/activations.ts";
export type { Activation } from "./blocks/activations.ts";
export { embedding } from "./blocks/embedding.ts";
export { floatInput, floatOutput } from "./blocks/float-border.ts";
export { dense, linear, linearMatrix, split, splitByFew, vector } from "./blocks/linear.ts";
export { modulatedRmsNorm } from "./blocks/modulated-norm.ts";
export { layerNorm, rmsNorm } from "./blocks/norms.ts";
export { patchEmbedding } from "./blocks/patch-embedding.ts";
export { geluMlp } from "./blocks/projector.ts";
export { rawTensor, TABLE } from "./blocks/raw-tensor.ts";
export { rotaryTables, rotate } from "./blocks/rotary.ts";
export type { RotaryTables } from "./blocks/rotary.ts";

// Attention and its taps.
export { causalAttention, fullAttention } from "./blocks/attention.ts";
export { actionTap, attentionMap, tapOutput } from "./blocks/attention-taps.ts";
export { CacheBorder } from "./blocks/cache-inputs.ts";
export { attentionWeights, headMean, openAttention, rowsTap, splitHeads } from "./blocks/open-attention.ts";
export type { HeadSizes, OpenAttention } from "./blocks/open-attention.ts";
export { SEMANTIC_ROWS } from "@vla-pruner/format";
export { cosineSimilarity, semanticRows } from "./blocks/semantic-rows.ts";

// Layers and towers.
export { biasedLayer, encoderLayers } from "./blocks/biased-layer.ts";
export type { BiasedLayerNames, BiasedLayerSizes } from "./blocks/biased-layer.ts";
export { decoderLayer, decoderLayers } from "./blocks/decoder-layer.ts";
export type { DecoderLayer, DecoderSizes } from "./blocks/decoder-layer.ts";
export { gatherRows, keptRows } from "./blocks/gather-kept.ts";
export { allPositions, openLayer, openLayers } from "./blocks/open-layer.ts";
export type { OpenLayer, RowPlaces } from "./blocks/open-layer.ts";
export { siglipTower } from "./blocks/siglip-tower.ts";
export type { SiglipSizes } from "./blocks/siglip-tower.ts";
export { transformerLayer } from "./blocks/transformer-layer.ts";
export type { LayerSizes, Normed } from "./blocks/transformer-layer.ts";

// The same layers in fewer nodes, for graphs that run a whole step.
export { batchedTap, rowsAttention } from "./blocks/fused/batched-tap.ts";
export { fusedLayer, packedQkv, packedWidths, WEBGPU_PARTS } from "./blocks/fused/fused-layer.ts";
export type { Attended, LayerParts } from "./blocks/fused/fused-layer.ts";
export { seenAttention, seenProducts } from "./blocks/fused/seen-attention.ts";
export { rotatedRows, wholeAttention } from "./blocks/fused/whole-attention.ts";
export type { RotatedRows } from "./blocks/fused/whole-attention.ts";
export { fusesRotation, rotaryAttention } from "./blocks/fused/rotary-attention.ts";
export type { CacheLengths, LayerCache, RotaryAttention } from "./blocks/fused/rotary-attention.ts";
export { mapStream, scaledStreamNorm, streamNorm, streamSum } from "./blocks/fused/stream.ts";
export type { NormedStream, Stream } from "./blocks/fused/stream.ts";
export { visionTower } from "./blocks/vision-tower.ts";
export type { BlockModulation, TowerSizes } from "./blocks/vision-tower.ts";
