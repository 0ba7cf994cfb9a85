/** Sizes that the cost model needs; an adapter states them. */
export interface DecoderCost {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Single-token decode steps after the prefill (OpenVLA: action dimensions − 1). */
  readonly decodeSteps: number;
  /** Vision towers, each with its own tokens per view. */
  readonly towers: readonly {
    readonly layers: number;
    readonly hidden: number;
    readonly intermediate: number;
    readonly tokens: number;
  }[];
}

/** Multiply-accumulates of one decoder layer over `n` tokens: `4nd² + 2n²d + 3ndm` (method 7). */
export function layerMacs(tokens: number, hidden: number, intermediate: number): number {
  return 4 * tokens * hidden ** 2 + 2 * tokens ** 2 * hidden + 3 * tokens * hidden * intermediate;
}

/**
 * Multiply-accumulates of a prefill whose layers < K see `sequence` tokens and the others `kept` of them.
 *
 * @param kept tokens of the shortened sequence, text included
 */
export function prefillMacs(
  cost: Pick<DecoderCost, "layers" | "hidden" | "intermediate">,
  pruneLayer: number,
  sequence: number,
  kept: number,
): number {
  const full = layerMacs(sequence, cost.hidden, cost.intermediate);
  const short = layerMacs(kept, cost.hidden, cost.intermediate);
  return pruneLayer * full + (cost.layers - pruneLayer) * short;
}

/** Multiply-accumulates of one control step, by part; the paper counts `prefill` only. */
export interface StepMacs {
  readonly vision: number;
  readonly prefill: number;
  readonly decode: number;
  readonly head: number;
}

/** Cost of one control step. Decode attends to the full cache below K and to the short one above. */
export function stepMacs(cost: DecoderCost, pruneLayer: number, sequence: number, kept: number): StepMacs {
  const { layers, hidden, intermediate, decodeSteps } = cost;
  const linear = layerMacs(1, hidden, intermediate) - 2 * hidden;
  const attended = pruneLayer * sequence + (layers - pruneLayer) * kept;
  return {
    vision: cost.towers.reduce(
      (sum, tower) =>
        sum +
        tower.layers *
          (4 * tower.tokens * tower.hidden ** 2 +
            2 * tower.tokens ** 2 * tower.hidden +
            2 * tower.tokens * tower.hidden * tower.intermediate),
      0,
    ),
    prefill: prefillMacs(cost, pruneLayer, sequence, kept),
    decode: decodeSteps * (layers * linear + 2 * hidden * attended),
    head: (decodeSteps + 1) * hidden * cost.vocabulary,
  };
}
