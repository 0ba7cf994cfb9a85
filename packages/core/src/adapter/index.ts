// For those who write an adapter; users of a policy need none of it. In the order of the stages.

// The plugin and its layout.
export { checkPluginOptions, NOISE_SOURCES } from "./check-plugin-options.ts";
export { aheadOnlyStages } from "./ahead-only-stages.ts";
export { countTokens, layoutOf, spansOf } from "./layout.ts";

// Prepare: observations.
export { checkFinite, checkMasks, checkPixels, checkState, invalidObservation } from "./check-observation.ts";
export { checkIds, promptIds, requiredTokenizer } from "./prompt-ids.ts";
export type { PromptLimits } from "./prompt-ids.ts";
export { refuseTemplate } from "./refuse-template.ts";
export { startingNoise } from "./starting-noise.ts";
export type { NoiseOrigin } from "./starting-noise.ts";

// Prepare: pictures.
export { framesByView, viewOf } from "./frames-by-view.ts";
export { toRgb } from "../image/to-rgb.ts";
export type { RgbImage } from "../image/to-rgb.ts";
export { resizeBicubic, resizeBilinear } from "../image/resize.ts";
export { centerCrop } from "../image/center-crop.ts";
export { normalizeInto } from "../image/normalize.ts";
export type { ChannelStatistics } from "../image/normalize.ts";

// Sessions and tensors.
export type { GraphSession, GraphTensor } from "../runtime/graph-session.ts";
export { wrapSession } from "../runtime/wrap-session.ts";
export type { RawSession } from "../runtime/wrap-session.ts";
export {
  boolTensor,
  emptyTensor,
  float32Tensor,
  int32Tensor,
  int64Tensor,
  readFloat32,
} from "../runtime/tensors.ts";
export {
  checkComputed,
  disposeAll,
  optionalFloat32,
  requiredFloat32,
  requiredOutput,
  sessionOf,
  visualColumns,
} from "./outputs.ts";
export type { NamedTensors } from "./outputs.ts";

// Encode, prefill, act.
export { encodeViews, semanticAttention } from "./stages.ts";
export type { SemanticFacts } from "./stages.ts";
export { keptRows } from "./kept-rows.ts";
export type { VisualSpan } from "./kept-rows.ts";
export { KeyValueCache } from "../runtime/key-value-cache.ts";
export type { KeyValueLayout } from "../runtime/key-value-cache.ts";
export { TapMean } from "./tap-mean.ts";
export { throwIfCancelled } from "../policy/throw-if-cancelled.ts";

// What is done with inputs, in words; examples.
export { FRAME_FACT, inFigures } from "./input-facts.ts";
export { exampleFrame, makeObservation } from "./example-observation.ts";
export type { ExampleSizes } from "./example-observation.ts";
export { seededRandom } from "../seeded-random.ts";
