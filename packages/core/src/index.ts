// The first screen.
export { loadPolicy, vlaPipeline } from "./pipeline/load-policy.ts";
export type { LoadPolicyOptions } from "./pipeline/load-policy.ts";
export type { StepExtras, VlaPipeline } from "./pipeline/types.ts";
export type { CameraFrame, FrameSource, Observation, ObservationInput, PixelValues } from "./observation.ts";

// Policies and episodes.
export { createPolicy } from "./container/create-policy.ts";
export type { PolicyParts } from "./container/create-policy.ts";
export type { EpisodeParts, Policy } from "./policy/policy.ts";
export type { Episode, StepOptions } from "./policy/episode.ts";
export type { LocalEpisode } from "./policy/local-episode.ts";
export type { DraftResult } from "./drafts/choose-draft.ts";
export type { DraftState } from "./drafts/draft-memory.ts";
export type { DraftOptions } from "./drafts/draft-options.ts";
export type { AheadState } from "./ahead/ahead-memory.ts";
export type { StepResult } from "./policy/step-result.ts";
export type { EpisodeState } from "./memory/episode-memory.ts";
export { ActionQueue } from "./policy/action-queue.ts";
export type { ActionQueueOptions, NextAction } from "./policy/action-queue.ts";
export type { EpisodeEvent, PolicyEmitter, PolicyEvents } from "./events.ts";

// Pruners.
export type {
  CompletedCall,
  PruneContext,
  PruneDecision,
  PrunerMemory,
  TokenPruner,
} from "./token-pruner.ts";
export { recommended } from "./pruners/recommended.ts";
export { VLA_PRUNER_OPTIONS, vlaPruner } from "./pruners/vla-pruner.ts";
export type { VlaPrunerOptions } from "./pruners/vla-pruner.ts";
export { fastv, sparseVlm, textVision } from "./pruners/attention-pruners.ts";
export { divPrune } from "./pruners/div-prune.ts";
export { random, uniform } from "./pruners/blind-pruners.ts";
export type { RandomOptions } from "./pruners/blind-pruners.ts";
export { keepAll } from "./pruners/keep-all.ts";
export { withCurrentAction } from "./pruners/with-current-action.ts";
export { PRUNERS, prunerByName, VLA_PRUNERS } from "./pruners/pruner-by-name.ts";
export { derivedPruner } from "./pruners/derived-pruner.ts";
export { checkPrunerOptions, makePruner, optionsOf, withTemporalOptions } from "./pruners/pruner-options.ts";
export type { NamedPruner, PrunerOption, PrunerOptions } from "./pruners/pruner-options.ts";
export { dense, ratioPruner } from "./pruners/decide.ts";
export { semanticScore } from "./pruners/semantic-score.ts";
export type { RetentionOptions } from "./pruners/decide.ts";

// What pruners are made of.
export { topK } from "./selection/top-k.ts";
export { maxRelevance } from "./selection/max-relevance.ts";
export { minRedundancy } from "./selection/min-redundancy.ts";
export { budgetOf } from "./selection/budget.ts";
export type { BudgetMode, SelectionScope } from "./selection/per-view.ts";
export { scopeOf, selectPerView } from "./selection/per-view.ts";
export type { TemporalOptions } from "./memory/temporal-options.ts";

// Middleware.
export type { AroundStage, StageMiddleware, StageName, Stages } from "./middleware/stage-middleware.ts";
export { STAGE_NAMES } from "./middleware/stage-middleware.ts";
export { attentionTap } from "./middleware/attention-tap.ts";
export type { AttentionListener } from "./middleware/attention-tap.ts";

// What plugins supply; what they are made of is in `@vla-pruner/core/adapter`.
export type {
  ActionChunk,
  ActResult,
  AheadRun,
  HeadResult,
  LayerAttention,
  ModelLayout,
  SeenAhead,
  SemanticAttention,
  StepCall,
  ViewSpan,
  VisionTokens,
  VlaAdapter,
  Warn,
} from "./vla-adapter.ts";
export type { NoiseSource, PluginFactory, PluginOptions, VlaPlugin } from "./vla-plugin.ts";
export type { InputFact } from "./adapter/input-facts.ts";
export type { NormStats, SemanticRows, SessionEntry, VlaBlock } from "@vla-pruner/format";
export type { Tokenizer, VlaModelParts } from "./vla-model-parts.ts";
export { VlaModel } from "./transformers/vla-model.ts";
export { readFrame } from "./transformers/read-frame.ts";
export type { PretrainedOptions } from "./transformers/pretrained-options.ts";
export { DEVICES } from "./runtime/devices.ts";
export type { Device } from "./runtime/devices.ts";
export { nativeRuntime, openSession, probeDevice } from "#open-session";
export type { NativeRuntime } from "./runtime/device/native-libraries.ts";
export type { DeviceProbe } from "./runtime/device/probe-device.ts";

// For those who replace a part of a policy: `policy.scope` and its keys.
export type { Scope, Token } from "./container/scope.ts";
export type { WorkGate } from "./policy/work-gate.ts";
export {
  ADAPTER,
  CAMERAS,
  EPISODE,
  EPISODE_ID,
  EVENTS,
  GATE,
  MIDDLEWARE,
  PRUNER,
} from "./container/tokens.ts";

// Cost model and errors.
export { layerMacs, prefillMacs, stepMacs } from "./cost-model.ts";
export type { DecoderCost, ExpertCost, StepMacs } from "./cost-model.ts";
export { VlaPrunerError } from "@vla-pruner/format";
export type { ErrorCode, ErrorDetails } from "@vla-pruner/format";
