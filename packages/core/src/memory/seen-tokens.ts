import type { LayerAttention } from "../vla-adapter.ts";

/** Visual indices that at least one of the chosen layers saw, ascending: all of them with a layer below the cut. */
export function seenTokens(
  layers: readonly LayerAttention[],
  chosen: readonly number[],
  keep: Int32Array,
  vision: number,
): Int32Array {
  const all = layers.some(({ layer, columns }) => columns === "all" && chosen.includes(layer));
  return all ? Int32Array.from({ length: vision }, (_, index) => index) : keep;
}
