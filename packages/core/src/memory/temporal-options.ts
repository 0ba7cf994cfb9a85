import { VlaPrunerError } from "@vla-pruner/format";

/** How past action attention is turned into a forecast (method 3). */
export interface TemporalOptions {
  /** Calls that are remembered, `w`. Default 3. */
  readonly window?: number;
  /** Decay `γ` in (0, 1]. Default 0.8. */
  readonly decay?: number;
  /**
   * What a token is recorded as that no action layer saw, for it was pruned: 0 (reference), or its last value
   * times γ. Layers below K see every token: where one of them is among the action layers, nothing is carried,
   * and the layers ≥ K count 0 in the mean of a pruned token.
   */
  readonly unseen?: "zero" | "carry";
  /** Weighs the oldest call most, as the first published code did. For parity tests only. */
  readonly legacyWeightOrder?: boolean;
  /** Layers whose action attention is averaged; the model's own default where absent. */
  readonly actionLayers?: readonly number[];
}

/** Names of the options above. */
export const TEMPORAL_OPTIONS = ["window", "decay", "unseen", "legacyWeightOrder", "actionLayers"] as const;

/** Fills in the paper's defaults and refuses values that would silently turn the forecast into nonsense. */
export function checkTemporalOptions(
  options: TemporalOptions,
): Required<Omit<TemporalOptions, "actionLayers">> {
  const { window = 3, decay = 0.8, unseen = "zero", legacyWeightOrder = false, actionLayers } = options;
  if (!Number.isInteger(window) || window < 1 || window > 1000) {
    throw new VlaPrunerError("invalid-option", {
      expected: "window: a whole number from 1 to 1000",
      found: String(window),
      fix: "leave it out for the paper's 3",
    });
  }
  if (!(decay > 0 && decay <= 1)) {
    throw new VlaPrunerError("invalid-option", {
      expected: "decay in (0, 1]",
      found: String(decay),
      fix: "leave it out for the paper's 0.8",
    });
  }
  if (unseen !== "zero" && unseen !== "carry") {
    throw new VlaPrunerError("invalid-option", {
      expected: 'unseen: "zero" or "carry"',
      found: String(unseen),
      fix: "leave it out for the reference's zero",
    });
  }
  if (
    actionLayers !== undefined &&
    (actionLayers.length === 0 || new Set(actionLayers).size < actionLayers.length)
  ) {
    throw new VlaPrunerError("invalid-option", {
      expected: "at least one action layer, each once",
      found: actionLayers.join(", ") || "none",
      fix: "leave them out for the model's own",
    });
  }
  return { window, decay, unseen, legacyWeightOrder };
}
