import { isCount } from "@vla-pruner/format";
import type { Shape } from "@vla-pruner/format";

/** How action tokens stand for numbers: keys of `vla.action_tokens`. */
export interface ActionBins {
  /** Edges of the action bins, `n_action_bins`. */
  readonly bins: number;
  /** Vocabulary without padding; bins count down from its end. */
  readonly vocabulary: number;
}

/** An action token → the centre of its bin, between −1 and 1 (openvla `predict_action`). */
export function binCentre(token: number, { bins, vocabulary }: ActionBins): number {
  const step = 2 / (bins - 1);
  const bin = Math.min(bins - 2, Math.max(0, vocabulary - token - 1));
  return (-1 + bin * step + (-1 + (bin + 1) * step)) / 2;
}

/** The token whose bin a number between −1 and 1 falls into; numbers beyond are taken for the nearest. */
export function tokenOf(value: number, { bins, vocabulary }: ActionBins): number {
  const bin = Math.floor(((Math.min(1, Math.max(-1, value)) + 1) * (bins - 1)) / 2);
  return vocabulary - 1 - Math.min(bins - 2, bin);
}

export const ACTION_BINS_SHAPE: Shape<ActionBins> = {
  bins: (value) => isCount(value) && (value as number) > 1,
  vocabulary: isCount,
};
