// Shapes.
export {
  cast,
  concat,
  mean,
  range,
  reshape,
  sizeOfAxis,
  slice,
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
export { linear, split } from "./blocks/linear.ts";
export { modulatedRmsNorm } from "./blocks/modulated-norm.ts";
export { layerNorm, rmsNorm } from "./blocks/norms.ts";
export { geluMlp } from "./blocks/projector.ts";
export { rotaryTables, rotate } from "./blocks/rotary.ts";
export type { RotaryTables } from "./blocks/rotary.ts";

// Attention and its taps.
export { causalAttention, fullAttention } from "./blocks/attention.ts";
export type { HeadSizes } from "./blocks/attention.ts";
export { actionTap, attentionMap } from "./blocks/attention-taps.ts";
export { CacheBorder } from "./blocks/cache-inputs.ts";
export { headMean, openAttention, rowsTap, splitHeads } from "./blocks/open-attention.ts";
export type { OpenAttention } from "./blocks/open-attention.ts";
export { cosineSimilarity, SEMANTIC_ROWS, semanticRows } from "./blocks/semantic-rows.ts";

// Layers and towers.
export { decoderLayer } from "./blocks/decoder-layer.ts";
export type { DecoderLayer, DecoderSizes } from "./blocks/decoder-layer.ts";
export { gatherRows, keptRows } from "./blocks/gather-kept.ts";
export { siglipTower } from "./blocks/siglip-tower.ts";
export type { SiglipSizes } from "./blocks/siglip-tower.ts";
export { gatedMlp, projectQkv, transformerLayer } from "./blocks/transformer-layer.ts";
export type { LayerSizes } from "./blocks/transformer-layer.ts";
export { visionTower } from "./blocks/vision-tower.ts";
export type { BlockModulation, TowerSizes } from "./blocks/vision-tower.ts";
