import { VlaPrunerError } from "@vla-pruner/core";
import type { PluginOptions } from "@vla-pruner/core";
import type { ViewName } from "./views.ts";

/** Of the common options, `centerCrop` is left out: π0 sees whole pictures. */
export interface Pi0Options extends PluginOptions {
  /** Euler steps from noise to actions; the model's own count (10) where absent. */
  readonly steps?: number;
  /** Euler steps whose action attention counts, from 0; all of them where absent. */
  readonly attentionSteps?: readonly number[];
  /** The robot's camera names → π0's, beside those that are known (LIBERO's and ALOHA's). */
  readonly cameras?: Readonly<Record<string, ViewName>>;
}

/** The Euler loop as it will run, after checking the options. */
export interface FlowPlan {
  readonly steps: number;
  readonly attentionSteps: ReadonlySet<number>;
}

/**
 * @param steps the model's own count
 * @throws `invalid-option`
 */
export function planFlow(options: Pi0Options, steps: number): FlowPlan {
  const count = options.steps ?? steps;
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw invalid("steps: a whole number from 1 to 1000", String(count), `leave it out for ${steps}`);
  const chosen = options.attentionSteps ?? Array.from({ length: count }, (_, step) => step);
  if (chosen.length === 0 || !chosen.every((step) => Number.isInteger(step) && step >= 0 && step < count)) {
    throw invalid(
      `attentionSteps: Euler steps from 0 to ${count - 1}`,
      JSON.stringify(chosen),
      "leave it out for all of them",
    );
  }
  return { steps: count, attentionSteps: new Set(chosen) };
}

function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix });
}
