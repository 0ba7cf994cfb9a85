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
