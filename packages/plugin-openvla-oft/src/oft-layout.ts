import type { DecoderCost, ModelLayout } from "@vla-pruner/core";
import { layoutOf } from "@vla-pruner/core/adapter";
import type { OftVla } from "./oft-vla.ts";
import { ALIASES, viewNames } from "./views.ts";

/** Square layers of the action heads' residual network (official `MLPResNet`). */
const HEAD_BLOCKS = 2;

/**
 * The structural facts of a converted OpenVLA-OFT.
 *
 * @param steps denoising steps of a diffusion head
 */
export function oftLayout(vla: OftVla, steps: number): ModelLayout {
  return {
    ...layoutOf(vla, viewNames(vla.views)),
    cameraAliases: ALIASES,
    reads: { state: vla.state_size > 0, noise: vla.action_head === "diffusion" },
    semanticRows: "prefill",
    ...(vla.ahead === true && { aheadOnly: true }),
    currentAction: vla.tapped_layers.includes(vla.prune_layer - 1),
    cost: costOf(vla, steps),
  };
}

/**
 * Placeholders are rows of the sequence, so there are no decode steps; a diffusion head sends the sequence
 * through the decoder once a denoising step. The projectors of state and noisy actions are not counted.
 */
function costOf(vla: OftVla, steps: number): DecoderCost {
  const { action_head: head, chunk, action_size: size, towers } = vla;
  const { layers, hidden, intermediate, vocabulary } = vla.decoder;
  const sizes = { layers, hidden, intermediate, decodeSteps: 0, towers };
  if (head === "discrete") return { ...sizes, vocabulary, headRows: chunk * size };
  const actionHead = chunk * (hidden ** 2 * (size + HEAD_BLOCKS) + hidden * size);
  return { ...sizes, vocabulary: 0, actionHead, ...(head === "diffusion" && { passes: steps }) };
}
