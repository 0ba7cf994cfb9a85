import type { ModelLayout } from "@vla-pruner/core";
import type { OftVla } from "./oft-vla.ts";
import { spansOf } from "./views.ts";

/**
 * The structural facts of a converted OpenVLA-OFT. Everything happens in one pass, so there are no decode
 * steps; what the further passes of a diffusion head cost is not in the cost model.
 */
export function oftLayout(vla: OftVla): ModelLayout {
  const { layers, hidden, intermediate, vocabulary } = vla.decoder;
  return {
    pruneLayer: vla.prune_layer,
    layers,
    tappedLayers: vla.tapped_layers,
    actionLayers: vla.action_layers,
    views: spansOf(vla.views, vla.vision_tokens_per_view),
    semanticRows: "prefill",
    cost: {
      layers,
      hidden,
      intermediate,
      vocabulary: vla.action_head === "discrete" ? vocabulary : 0,
      decodeSteps: 0,
      towers: vla.towers,
    },
  };
}
