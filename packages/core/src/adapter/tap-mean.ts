import type { LayerAttention, ModelLayout } from "../vla-adapter.ts";

/** Action attention of each tapped layer, averaged over the action rows (or Euler steps) as they come: for adapters. */
export class TapMean {
  readonly #tappedLayers: readonly number[];
  /** Tapped layers below the cut. */
  readonly #split: number;
  readonly #below: Float64Array;
  readonly #above: Float64Array;
  #rows = 0;

  constructor({ tappedLayers, pruneLayer }: ModelLayout, vision: number, kept: number) {
    this.#tappedLayers = tappedLayers;
    this.#split = tappedLayers.filter((layer) => layer < pruneLayer).length;
    this.#below = new Float64Array(this.#split * vision);
    this.#above = new Float64Array((tappedLayers.length - this.#split) * kept);
  }

  /**
   * @param below `[layers, rows, vision]`
   * @param above `[layers, rows, kept]`
   * @param rows of each layer; 1 where absent
   * @param taken of these, the first ones that count; all where absent
   */
  add(below: Float32Array | null, above: Float32Array | null, rows = 1, taken: number = rows): void {
    this.#rows += taken;
    addRows(this.#below, below, this.#split, rows, taken);
    addRows(this.#above, above, this.#tappedLayers.length - this.#split, rows, taken);
  }

  layers(): LayerAttention[] {
    const [layers, split] = [this.#tappedLayers, this.#split];
    return layers.map((layer, index) => {
      const below = index < split;
      const sums = below ? this.#below : this.#above;
      const width = sums.length / (below ? split : layers.length - split);
      const place = below ? index : index - split;
      const values = new Float32Array(width);
      for (let column = 0; column < width; column += 1)
        values[column] = (sums[place * width + column] ?? 0) / this.#rows;
      return { layer, values, columns: below ? "all" : "kept" };
    });
  }
}

function addRows(
  sums: Float64Array,
  values: Float32Array | null,
  layers: number,
  rows: number,
  taken: number,
): void {
  if (values === null) return;
  const width = sums.length / layers;
  for (let layer = 0; layer < layers; layer += 1) {
    for (let row = 0; row < taken; row += 1) {
      const start = (layer * rows + row) * width;
      for (let column = 0; column < width; column += 1) {
        const place = layer * width + column;
        sums[place] = (sums[place] ?? 0) + (values[start + column] ?? 0);
      }
    }
  }
}
