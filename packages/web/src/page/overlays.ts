/** What lies over a picture, as pixels of the patch grid: one pixel a patch, which the page enlarges. */
import type { ScoreName } from "../messages.ts";

type Pixels = Uint8ClampedArray<ArrayBuffer>;

/** Also in `style/colours.css`. */
const COLOURS: Readonly<Record<ScoreName, readonly number[]>> = {
  semantic: [255, 157, 0],
  forecast: [255, 79, 216],
  action: [25, 224, 255],
};

/** RGBA: dropped patches get dark, kept ones stay as they are. */
export function dimPixels(kept: readonly boolean[]): Pixels {
  const pixels = new Uint8ClampedArray(kept.length * 4);
  for (const [patch, isKept] of kept.entries()) pixels.set([10, 14, 18, isKept ? 0 : 190], patch * 4);
  return pixels;
}

/** RGBA: the higher the score, the more of the map's colour. */
export function heatPixels(scores: Float32Array, map: ScoreName): Pixels {
  const pixels = new Uint8ClampedArray(scores.length * 4);
  const [least, peak] = [Math.min(...scores), Math.max(...scores)];
  for (const [patch, score] of scores.entries()) {
    const share = peak > least ? (score - least) / (peak - least) : 0;
    pixels.set([...COLOURS[map], Math.round(230 * share ** 0.8)], patch * 4);
  }
  return pixels;
}

/** RGBA pixels of an RGB picture. */
export function opaquePixels(data: Uint8Array): Pixels {
  const pixels = new Uint8ClampedArray((data.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels[to] = data[from] ?? 0;
    pixels[to + 1] = data[from + 1] ?? 0;
    pixels[to + 2] = data[from + 2] ?? 0;
  }
  return pixels;
}
