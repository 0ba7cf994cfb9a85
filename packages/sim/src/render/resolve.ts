import type { Placement } from "./placement.ts";
import { Shader } from "./shade.ts";
import type { Drawable, Light, RenderedFrame } from "./types.ts";
import type { View } from "./view.ts";
import { drawableOf, type Visibility } from "./visibility.ts";

/** Weights of a pixel's 3 × 3 samples: the trapezoid rule over its square. */
const WEIGHTS = new Float64Array([1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16));

/** Turns what the samples see into colours: each surface within a pixel is shaded once, in the middle of its share. */
export class Resolver {
  private readonly shader = new Shader();
  private readonly keys = new Int32Array(9);
  private readonly depths = new Float64Array(9);
  private readonly sum = new Float64Array(3);

  resolve(
    view: View,
    drawables: readonly Drawable[],
    placements: readonly Placement[],
    light: Light,
    seen: Visibility,
    frame: RenderedFrame,
  ): void {
    const { keys, inverseDepth } = seen;
    const { columns } = view;
    const { colour } = this.shader;
    for (let y = 0; y < frame.height; y += 1) {
      for (let x = 0; x < frame.width; x += 1) {
        const corner = 2 * y * columns + 2 * x;
        const centre = corner + columns + 1;
        const key = keys[centre]!;
        const pixel = y * frame.width + x;
        if (key !== 0) frame.ids[pixel] = drawables[drawableOf(key)]!.id;
        if (isUniform(keys, corner, columns, key)) {
          this.shadeOne(view, drawables, placements, light, key, 2 * x + 1, 2 * y + 1, inverseDepth[centre]!);
          write(frame.pixels, 3 * pixel, colour);
          continue;
        }
        for (let sample = 0; sample < 9; sample += 1) {
          const at = corner + Math.trunc(sample / 3) * columns + (sample % 3);
          this.keys[sample] = keys[at]!;
          this.depths[sample] = inverseDepth[at]!;
        }
        this.mix(view, drawables, placements, light, 2 * x, 2 * y);
        write(frame.pixels, 3 * pixel, this.sum);
      }
    }
  }

  /** Sums the colours of a pixel's surfaces, weighted by how much of it they cover. */
  private mix(
    view: View,
    drawables: readonly Drawable[],
    placements: readonly Placement[],
    light: Light,
    column: number,
    row: number,
  ): void {
    const { sum, keys, depths } = this;
    const { colour } = this.shader;
    sum.fill(0);
    for (let sample = 0; sample < 9; sample += 1) {
      const key = keys[sample]!;
      if (key < 0) continue;
      let share = 0;
      let across = 0;
      let down = 0;
      let depth = 0;
      for (let other = sample; other < 9; other += 1) {
        if (keys[other] !== key) continue;
        keys[other] = -1;
        const weight = WEIGHTS[other]!;
        share += weight;
        across += weight * (other % 3);
        down += weight * Math.trunc(other / 3);
        depth += weight * depths[other]!;
      }
      this.shadeOne(
        view,
        drawables,
        placements,
        light,
        key,
        column + across / share,
        row + down / share,
        depth / share,
      );
      for (let part = 0; part < 3; part += 1) sum[part] = sum[part]! + share * Math.min(1, colour[part]!);
    }
  }

  private shadeOne(
    view: View,
    drawables: readonly Drawable[],
    placements: readonly Placement[],
    light: Light,
    key: number,
    column: number,
    row: number,
    inverseDepth: number,
  ): void {
    if (key === 0) {
      this.shader.shadeBackground(view, light, column, row);
      return;
    }
    const index = drawableOf(key);
    this.shader.shade(
      view,
      drawables[index]!,
      placements[index]!,
      light,
      key,
      column,
      row,
      inverseDepth,
    );
  }
}

function isUniform(keys: Int32Array, corner: number, columns: number, key: number): boolean {
  const middle = corner + columns;
  const bottom = middle + columns;
  return (
    keys[corner] === key &&
    keys[corner + 1] === key &&
    keys[corner + 2] === key &&
    keys[middle] === key &&
    keys[middle + 2] === key &&
    keys[bottom] === key &&
    keys[bottom + 1] === key &&
    keys[bottom + 2] === key
  );
}

function write(pixels: Uint8Array, at: number, colour: Float64Array): void {
  for (let part = 0; part < 3; part += 1) {
    pixels[at + part] = Math.min(255, Math.max(0, Math.trunc(colour[part]! * 255 + 0.5)));
  }
}
