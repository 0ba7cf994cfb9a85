import { checkOptions, isObject, VlaPrunerError } from "@vla-pruner/format";
import type { ObservationInput } from "../observation.ts";
import type { PruneContext, PruneDecision, TokenPruner } from "../token-pruner.ts";
import type { ActResult, ActionChunk, HeadResult, StepCall, VisionTokens } from "../vla-adapter.ts";

/** What goes into each stage, beside the episode's id and the signal, and what comes out; in call order. */
export interface Stages {
  prepare: { input: StepCall & { readonly observation: ObservationInput }; output: unknown };
  encodeVision: { input: StepCall & { readonly prepared: unknown }; output: VisionTokens };
  prefillHead: {
    input: StepCall & { readonly prepared: unknown; readonly vision: VisionTokens };
    output: HeadResult;
  };
  select: {
    input: StepCall & { readonly context: PruneContext; readonly pruner: TokenPruner };
    output: PruneDecision;
  };
  act: {
    input: StepCall & {
      readonly prepared: unknown;
      /** `null` where one run does all: its result has what it showed, `seen`. */
      readonly head: HeadResult | null;
      readonly keep: Int32Array;
    };
    output: ActResult;
  };
  observe: {
    input: StepCall & { readonly actionAttention: Float32Array; readonly keep: Int32Array };
    output: void;
  };
  toAction: { input: StepCall & { readonly raw: unknown }; output: ActionChunk };
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

/**
 * Goes around one stage: may look at the input, must call `next` at most once, returns the result. `next(changed)`
 * hands another input on: to the middleware within, and to the stage.
 */
export type AroundStage<Name extends StageName> = (
  input: Stages[Name]["input"],
  next: (input?: Stages[Name]["input"]) => Promise<Stages[Name]["output"]>,
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

/** @throws `invalid-option` for what is no list, and for a function under a name that is no stage's: it would never be called */
export function checkMiddleware(middleware: readonly StageMiddleware[]): void {
  if (!Array.isArray(middleware) || !middleware.every(isObject)) {
    throw new VlaPrunerError("invalid-option", {
      expected: "middleware: an array of objects, each with a function for every stage that it goes around",
      found: Array.isArray(middleware) ? "something else in it" : typeof middleware,
      fix: "write middleware: [mine]",
    });
  }
  for (const around of middleware) {
    const functions = Object.entries(around).filter(([, value]) => typeof value === "function");
    checkOptions("a middleware", Object.fromEntries(functions), [...STAGE_NAMES, "every"]);
  }
}
