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
  /** Rows that the vocabulary's head reads, where that is not one a token: OFT's placeholders. */
  readonly headRows?: number;
  /** Multiply-accumulates of an action head of another kind, once a pass. Default 0. */
  readonly actionHead?: number;
  /** Passes of the sequence through all layers: a diffusion head makes one a denoising step. Default 1. */
  readonly passes?: number;
  readonly expert?: ExpertCost;
}

/** An action expert (π0): a narrower decoder of as many layers, whose rows attend to the prompt and to each other. */
export interface ExpertCost {
  readonly hidden: number;
  readonly intermediate: number;
  /** Heads times their size; keys and values may have fewer. */
  readonly queryWidth: number;
  readonly keyValueWidth: number;
  /** Rows of state and noisy actions. */
  readonly rows: number;
  /** Times that the rows go through the expert: Euler steps. */
  readonly steps: number;
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
  /** The first pass through the decoder; placeholders of actions are part of the sequence. */
  readonly prefill: number;
  /** What follows it: single tokens, further passes, the expert. */
  readonly decode: number;
  readonly head: number;
}

/**
 * Cost of one control step. What follows the prefill attends to the full sequence below K and to the short
 * one above.
 */
export function stepMacs(cost: DecoderCost, pruneLayer: number, sequence: number, kept: number): StepMacs {
  const { hidden, decodeSteps, headRows = decodeSteps + 1, actionHead = 0, passes = 1 } = cost;
  const attended = pruneLayer * sequence + (cost.layers - pruneLayer) * kept;
  const prefill = prefillMacs(cost, pruneLayer, sequence, kept);
  return {
    vision: cost.towers.reduce((sum, tower) => sum + towerMacs(tower), 0),
    prefill,
    decode: tokenMacs(cost, attended) + (passes - 1) * prefill + expertMacs(cost, attended),
    head: passes * (headRows * hidden * cost.vocabulary + actionHead),
  };
}

function towerMacs({ layers, hidden, intermediate, tokens }: DecoderCost["towers"][number]): number {
  return layers * (4 * tokens * hidden ** 2 + 2 * tokens ** 2 * hidden + 2 * tokens * hidden * intermediate);
}

/** @param attended cached tokens, summed over layers */
function tokenMacs({ layers, hidden, intermediate, decodeSteps }: DecoderCost, attended: number): number {
  const linear = layerMacs(1, hidden, intermediate) - 2 * hidden;
  return decodeSteps * (layers * linear + 2 * hidden * attended);
}

/** @param attended cached tokens, summed over layers */
function expertMacs({ layers, expert }: DecoderCost, attended: number): number {
  if (expert === undefined) return 0;
  const { hidden, intermediate, queryWidth, keyValueWidth, rows, steps } = expert;
  const linear = 2 * (queryWidth + keyValueWidth) * hidden + 3 * hidden * intermediate;
  return steps * rows * (layers * linear + 2 * queryWidth * (attended + layers * rows));
}
