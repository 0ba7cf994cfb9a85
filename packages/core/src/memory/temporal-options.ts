/** How past action attention is turned into a forecast (method 3). */
export interface TemporalOptions {
  /** Calls that are remembered, `w`. Default 3. */
  readonly window?: number;
  /** Decay `γ` in (0, 1]. Default 0.8. */
  readonly decay?: number;
  /** What a token that was pruned at layers ≥ K is recorded as: 0 (reference), or its last value times γ. */
  readonly unseen?: "zero" | "carry";
  /** Weighs the oldest call most, as the first published code did. For parity tests only. */
  readonly legacyWeightOrder?: boolean;
  /** Layers whose action attention is averaged; the model's own default where absent. */
  readonly actionLayers?: readonly number[];
}
