import { CACHED_DECODER_SHAPE, checkPluginBlock, isCount, oneOf } from "@vla-pruner/format";
import type { Shape, VlaBlock } from "@vla-pruner/format";
import type { Pi0Vla } from "./pi0-vla.ts";

const MODE = oneOf("z-score", "quantiles", "identity");

const PI0: Shape<Pi0Vla> = {
  variant: oneOf("pi0", "pi05"),
  convention: oneOf("openpi", "lerobot"),
  views: oneOf(1, 2, 3),
  image_size: isCount,
  normalization: { state: MODE, action: MODE },
  prompt_tokens: isCount,
  horizon: isCount,
  action_size: isCount,
  state_size: isCount,
  steps: isCount,
  decoder: CACHED_DECODER_SHAPE,
  expert: { hidden: isCount, intermediate: isCount },
  tower: { layers: isCount, hidden: isCount, intermediate: isCount },
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkPi0(vla: VlaBlock): Pi0Vla {
  return checkPluginBlock(vla, PI0);
}
