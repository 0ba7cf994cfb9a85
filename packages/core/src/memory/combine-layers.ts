import { VlaPrunerError } from "@vla-pruner/format";
import type { LayerAttention } from "../vla-adapter.ts";

/**
 * Action score `S_act` over all visual tokens (method 2): mean over the chosen layers, kept columns
 * scattered back to their places; a pruned token counts 0 at layers ≥ K.
 *
 * @param layers action attention by layer, `[vision]` or `[kept]`
 * @param keep kept visual indices, ascending
 * @returns float32 `[vision]`
 */
export function combineLayers(
  layers: readonly LayerAttention[],
  chosen: readonly number[],
  keep: Int32Array,
  vision: number,
): Float32Array {
  const score = new Float64Array(vision);
  for (const wanted of chosen) {
    const tap = layers.find(({ layer }) => layer === wanted);
    if (tap === undefined) throw untapped(wanted, layers);
    const expected = tap.columns === "all" ? vision : keep.length;
    if (tap.values.length !== expected) throw wrongLength(tap, expected);
    for (let index = 0; index < expected; index += 1) {
      const column = tap.columns === "all" ? index : (keep[index] ?? 0);
      score[column] = (score[column] ?? 0) + (tap.values[index] ?? 0) / chosen.length;
    }
  }
  return Float32Array.from(score);
}

function untapped(layer: number, layers: readonly LayerAttention[]): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `action layers among the tapped ones: ${layers.map((tap) => tap.layer).join(", ")}`,
    found: String(layer),
    fix: "choose tapped layers, or convert the checkpoint again with --tap-layers all",
  });
}

function wrongLength(tap: LayerAttention, expected: number): VlaPrunerError {
  return new VlaPrunerError("adapter-mismatch", {
    expected: `action attention of layer ${tap.layer} over ${expected} visual tokens`,
    found: String(tap.values.length),
    fix: "report one value for each kept token (or for each visual token at layers below the cut)",
  });
}
