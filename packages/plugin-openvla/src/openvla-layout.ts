import type { ModelLayout } from "@vla-pruner/core";
import type { OpenVlaVla } from "./openvla-vla.ts";

/** The structural facts of a converted OpenVLA. */
export function openvlaLayout(vla: OpenVlaVla, actionDimensions: number): ModelLayout {
  const { layers, hidden, intermediate, vocabulary } = vla.decoder;
  return {
    pruneLayer: vla.prune_layer,
    layers,
    tappedLayers: vla.tapped_layers,
    actionLayers: vla.action_layers,
    views: [{ name: "image", start: 0, count: vla.vision_tokens_per_view }],
    semanticRows: "last",
    cost: { layers, hidden, intermediate, vocabulary, decodeSteps: actionDimensions - 1, towers: vla.towers },
  };
}
