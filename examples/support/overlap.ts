import { topK } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";

/** How far one step's choice goes with the past; shares from 0 to 1. */
export interface Overlap {
  /** Of the tokens kept now, those that the step before kept too. `null` unless both steps were pruned. */
  readonly previous: number | null;
  /** Of the B tokens with the highest forecast, those that were kept. `null` without a forecast. */
  readonly forecast: number | null;
}

export const OVERLAP_LEGEND =
  "stayed = kept tokens that the step before kept too; forecast = top-B tokens of the forecast that were kept";

/** Overlap of a pruned step with the one before it and with its forecast. */
export function overlapOf(result: StepResult, previous: StepResult | undefined): Overlap {
  const { keep, forecast, decision } = result;
  const now = new Set(keep);
  const share = (tokens: Int32Array): number => tokens.filter((token) => now.has(token)).length / keep.length;
  return {
    previous: decision === "pruned" && previous?.decision === "pruned" ? share(previous.keep) : null,
    forecast: forecast === null ? null : share(topK(forecast, keep.length)),
  };
}
