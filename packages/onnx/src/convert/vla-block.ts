import type { CachedDecoderBlock, PlannedBlock } from "@vla-pruner/format";
import type { DecoderSizes } from "../blocks/decoder-layer.ts";
import type { FloatType } from "../graph/value-types.ts";
import type { CutPlan } from "./cut-plan.ts";

/** The keys of the `vla` block that say where the decoder is cut and tapped. */
export function cutBlock({
  pruneLayer,
  actionLayers,
  tappedLayers,
}: CutPlan): Pick<PlannedBlock, "prune_layer" | "action_layers" | "tapped_layers"> {
  return { prune_layer: pruneLayer, action_layers: actionLayers, tapped_layers: tappedLayers };
}

/** The `decoder` of a `vla` block whose adapter keeps a key/value cache. */
export function decoderBlock(decoder: DecoderSizes, floatType: FloatType): CachedDecoderBlock {
  const { layers, hidden, intermediate, vocabulary, heads, keyValueHeads, headSize, positions } = decoder;
  return {
    layers,
    hidden,
    intermediate,
    vocabulary,
    heads,
    key_value_heads: keyValueHeads,
    head_size: headSize,
    positions,
    float_type: floatType,
  };
}

/** Names of the cache outputs of layers `from … to − 1`. */
export function cacheOutputs(from: number, to: number): string[] {
  const layers = Array.from({ length: to - from }, (_, index) => from + index);
  return layers.flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]);
}
