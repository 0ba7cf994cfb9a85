import type { PlannedBlock } from "@vla-pruner/format";
import type { ModelLayout, ViewSpan } from "../vla-adapter.ts";

/** Views one after another, as many visual tokens each. */
export function spansOf(names: readonly string[], count: number): ViewSpan[] {
  return names.map((name, index) => ({ name, start: index * count, count }));
}

/** Visual tokens of several views. */
export function countTokens(views: readonly ViewSpan[]): number {
  return views.reduce((sum, { count }) => sum + count, 0);
}

/**
 * What every `vla` block says of a layout: cut, layers, taps and views. The adapter adds `semanticRows` and `cost`.
 *
 * @param names of the views, in the order of the visual tokens
 */
export function layoutOf(
  vla: PlannedBlock & { readonly decoder: { readonly layers: number } },
  names: readonly string[],
): Pick<ModelLayout, "pruneLayer" | "layers" | "tappedLayers" | "actionLayers" | "views"> {
  return {
    pruneLayer: vla.prune_layer,
    layers: vla.decoder.layers,
    tappedLayers: vla.tapped_layers,
    actionLayers: vla.action_layers,
    views: spansOf(names, vla.vision_tokens_per_view),
  };
}
