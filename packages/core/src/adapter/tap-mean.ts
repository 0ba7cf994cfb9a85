import type { LayerAttention, ModelLayout } from "../vla-adapter.ts";

/** Action attention of each tapped layer, averaged over the action rows (or Euler steps) as they come: for adapters. */
export class TapMean {
  readonly #layout: ModelLayout;
  readonly #below: Float64Array;
  readonly #above: Float64Array;
  #rows = 0;

  constructor(layout: ModelLayout, vision: number, kept: number) {
    this.#layout = layout;
    const below = layout.tappedLayers.filter((layer) => layer < layout.pruneLayer).length;
    this.#below = new Float64Array(below * vision);
    this.#above = new Float64Array((layout.tappedLayers.length - below) * kept);
  }

  add(below: Float32Array | null, above: Float32Array | null): void {
    this.#rows += 1;
    for (const [index, value] of (below ?? []).entries())
      this.#below[index] = (this.#below[index] ?? 0) + value;
    for (const [index, value] of (above ?? []).entries())
      this.#above[index] = (this.#above[index] ?? 0) + value;
  }

  layers(): LayerAttention[] {
    const { tappedLayers, pruneLayer } = this.#layout;
    const split = tappedLayers.filter((layer) => layer < pruneLayer).length;
    return tappedLayers.map((layer, index) => {
      const below = index < split;
      const sums = below ? this.#below : this.#above;
      const width = sums.length / (below ? split : tappedLayers.length - split);
      const place = below ? index : index - split;
      const values = Float32Array.from(
        sums.subarray(place * width, (place + 1) * width),
        (sum) => sum / this.#rows,
      );
      return { layer, values, columns: below ? "all" : "kept" };
    });
  }
}
