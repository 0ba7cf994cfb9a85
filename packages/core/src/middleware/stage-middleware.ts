import type { Observation } from "../observation.ts";
import type { PruneContext, PruneDecision, TokenPruner } from "../token-pruner.ts";
import type { ActResult, ActionChunk, HeadResult, VisionTokens } from "../vla-adapter.ts";

/** What goes into each stage and what comes out; the stages in call order. */
export interface Stages {
  prepare: { input: { readonly observation: Observation }; output: unknown };
  encodeVision: { input: { readonly prepared: unknown }; output: VisionTokens };
  prefillHead: { input: { readonly prepared: unknown; readonly vision: VisionTokens }; output: HeadResult };
  select: {
    input: { readonly context: PruneContext; readonly pruner: TokenPruner };
    output: PruneDecision;
  };
  act: {
    input: { readonly prepared: unknown; readonly head: HeadResult; readonly keep: Int32Array };
    output: ActResult;
  };
  observe: { input: { readonly actionAttention: Float32Array; readonly keep: Int32Array }; output: void };
  toAction: { input: { readonly raw: unknown }; output: ActionChunk };
}

export type StageName = keyof Stages;

/** The stages in call order. */
export const STAGE_NAMES: readonly StageName[] = [
  "prepare",
  "encodeVision",
  "prefillHead",
  "select",
  "act",
  "observe",
  "toAction",
];

/** Goes around one stage: may look at the input, must call `next` at most once, returns the result. */
export type AroundStage<Name extends StageName> = (
  input: Stages[Name]["input"],
  next: () => Promise<Stages[Name]["output"]>,
) => Promise<Stages[Name]["output"]>;

/**
 * A middleware: a function for each stage that it goes around, and `every` for all of them (timing,
 * tracing). It may replace a stage's result by returning another one, or skip the stage by not calling
 * `next`. The first in a list is the outermost.
 *
 * `features` and `state` of a result belong to their step: the adapter frees their device buffers at its end.
 * Copy what should outlive it; a step that is handed those of an earlier one fails with `middleware-misuse`.
 */
export type StageMiddleware = { readonly [Name in StageName]?: AroundStage<Name> } & {
  readonly every?: (stage: StageName, next: () => Promise<unknown>) => Promise<unknown>;
};
