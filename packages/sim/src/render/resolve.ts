import type { Placement } from "./placement.ts";
import { Shader } from "./shade.ts";
import type { Light, Poses, RenderedFrame } from "./types.ts";
import type { View } from "./view.ts";
import { drawableOf, type Visibility } from "./visibility.ts";

/** Weights of a pixel's 3 × 3 samples: the trapezoid rule over its square. */
const WEIGHTS = new Float64Array([1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16));
const COLUMN = new Int32Array([0, 1, 2, 0, 1, 2, 0, 1, 2]);
const ROW = new Int32Array([0, 0, 0, 1, 1, 1, 2, 2, 2]);

/** Turns what the samples see into colours: each surface within a pixel is shaded once, in the middle of its share. */
export class Resolver {
  private readonly view: View;
  private readonly shader: Shader;
  private readonly keys = new Int32Array(9);

  constructor(view: View) {
    this.view = view;
    this.shader = new Shader(view);
  }

  /** Sets the light, and what throws shadows. */
  begin(casters: readonly Placement[], poses: Poses, light: Light): void {
    this.shader.begin(casters, poses, light);
  }

  resolve(placements: readonly Placement[], seen: Visibility, frame: RenderedFrame): void {
    const { keys, inverseDepth } = seen;
    const { columns } = this.view;
    const { shader } = this;
    const { pixels, ids, width, height } = frame;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const corner = 2 * y * columns + 2 * x;
        const centre = corner + columns + 1;
        const key = keys[centre]!;
        const pixel = y * width + x;
        if (key !== 0) ids[pixel] = placements[drawableOf(key)]!.id;
        if (!isUniform(keys, corner, columns, key)) {
          this.mix(placements, seen, corner, 2 * x, 2 * y, pixels, 3 * pixel);
          continue;
        }
        if (key === 0) shader.shadeBackground(2 * x + 1, 2 * y + 1);
        else {
          const placed = placements[drawableOf(key)]!;
          shader.shade(placed, key, 2 * x + 1, 2 * y + 1, inverseDepth[centre]!);
        }
        pixels[3 * pixel] = byte(shader.red);
        pixels[3 * pixel + 1] = byte(shader.green);
        pixels[3 * pixel + 2] = byte(shader.blue);
      }
    }
  }

  /** Sums the colours of a pixel's surfaces, weighted by how much of it they cover. */
  private mix(
    placements: readonly Placement[],
    seen: Visibility,
    corner: number,
    left: number,
    top: number,
    pixels: Uint8Array,
    at: number,
  ): void {
    const { keys, shader } = this;
    const { columns } = this.view;
    for (let sample = 0; sample < 9; sample += 1) {
      keys[sample] = seen.keys[corner + ROW[sample]! * columns + COLUMN[sample]!]!;
    }
    let red = 0;
    let green = 0;
    let blue = 0;
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
        const column = COLUMN[other]!;
        const row = ROW[other]!;
        share += weight;
        across += weight * column;
        down += weight * row;
        depth += weight * seen.inverseDepth[corner + row * columns + column]!;
      }
      const column = left + across / share;
      const row = top + down / share;
      if (key === 0) shader.shadeBackground(column, row);
      else shader.shade(placements[drawableOf(key)]!, key, column, row, depth / share);
      red += share * Math.min(1, shader.red);
      green += share * Math.min(1, shader.green);
      blue += share * Math.min(1, shader.blue);
    }
    pixels[at] = byte(red);
    pixels[at + 1] = byte(green);
    pixels[at + 2] = byte(blue);
  }
}

function byte(value: number): number {
  return value >= 1 ? 255 : value > 0 ? (value * 255 + 0.5) | 0 : 0;
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
