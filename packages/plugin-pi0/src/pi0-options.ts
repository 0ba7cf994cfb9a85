import { VlaPrunerError } from "@vla-pruner/core";
import type { PluginOptions } from "@vla-pruner/core";
import type { Pi0Vla } from "./pi0-vla.ts";
import type { ViewName } from "./views.ts";

/** Of the common options, `centerCrop` is left out: π0 sees whole pictures. */
export interface Pi0Options extends PluginOptions {
  /** Euler steps from noise to actions; the model's own count (10) where absent, and no other with graphs for CUDA or WebGPU. */
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
 * The Euler loop of a model that has a count of its own, and may take no other.
 *
 * @throws `invalid-option`
 */
export function planFlow(
  options: Pi0Options,
  { steps, one_run: call, one_denoise: denoise }: Pick<Pi0Vla, "steps" | "one_run" | "one_denoise">,
): FlowPlan {
  const count = options.steps ?? steps;
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw invalid("steps: a whole number from 1 to 1000", String(count), `leave it out for ${steps}`);
  if ((call === true || denoise === true) && count !== steps) {
    throw invalid(
      `steps: ${steps}, which these graphs for a GPU were made for`,
      String(count),
      `leave it out, or convert with --steps ${count}`,
    );
  }
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
