import type { BudgetMode, PrunerOptions, SemanticRows } from "@vla-pruner/core";
import { latterHalf } from "@vla-pruner/onnx";

/** What `act` is told about the pruner. */
export interface ActPrunerOptions {
  readonly retention: number;
  readonly seed: number;
  readonly window?: number;
  readonly decay?: number;
  readonly semanticRows?: SemanticRows;
  readonly visibleRows?: boolean;
  readonly candidates?: number;
  readonly warmup?: "dense" | "semantic";
  readonly unseen?: "zero" | "carry";
  readonly budget?: BudgetMode;
  readonly legacyWeightOrder?: boolean;
  readonly actionLayers?: readonly number[] | "latter-half";
}

/** The options that were given, for a decoder of so many layers. */
export function prunerOptions(options: ActPrunerOptions, layers: number): PrunerOptions {
  const { retention, seed, actionLayers } = options;
  const { window, decay, semanticRows, visibleRows, candidates, warmup, unseen, budget, legacyWeightOrder } =
    options;
  const given = {
    window,
    decay,
    semanticRows,
    visibleRows,
    candidates,
    warmup,
    unseen,
    budget,
    legacyWeightOrder,
    actionLayers: actionLayers === "latter-half" ? latterHalf(layers) : actionLayers,
  };
  return {
    retention,
    seed,
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<PrunerOptions>),
  };
}
