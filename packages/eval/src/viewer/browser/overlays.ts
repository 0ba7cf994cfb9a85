/**
 * What lies over a picture, as pixels of the patch grid: one pixel a patch, which the page enlarges. Token
 * `i` is pixel `i`, so an overlay cannot shift against its patches. Under a heat map, where shades mean scores,
 * kept patches have an outline instead.
 */
import type { PatchGrid, ScoreName } from "../page-data.ts";

/** Pixels of an outline a patch. */
export const CELL = 14;

type Pixels = Uint8ClampedArray<ArrayBuffer>;

const MAP_COLOURS: Readonly<Record<ScoreName, readonly number[]>> = {
  semantic: [255, 157, 0],
  forecast: [255, 79, 216],
  action: [25, 224, 255],
};

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** RGBA of the patches: dropped ones get dark, kept ones stay as they are. */
export function dimPixels(kept: Uint8Array): Pixels {
  const pixels = new Uint8ClampedArray(kept.length * 4);
  for (const [token, flag] of kept.entries()) pixels[token * 4 + 3] = flag === 1 ? 0 : 185;
  return pixels;
}

/** RGBA of the patches: the higher the score, the more of the map's colour. */
export function heatPixels(scores: Uint8Array, map: ScoreName): Pixels {
  const pixels = new Uint8ClampedArray(scores.length * 4);
  for (const [token, score] of scores.entries())
    pixels.set([...MAP_COLOURS[map], Math.round(score * 0.88)], token * 4);
  return pixels;
}

/** A rectangle of an outline. */
export type Edge = readonly [left: number, top: number, width: number, height: number];

/** Where kept patches border on dropped ones, `CELL` pixels a patch. */
export function keptEdges(kept: Uint8Array, { columns, rows }: PatchGrid): Edge[] {
  const isKept = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < columns && y < rows && kept[y * columns + x] === 1;
  const edges: Edge[] = [];
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      if (!isKept(x, y)) continue;
      const [left, top] = [x * CELL, y * CELL];
      if (!isKept(x - 1, y)) edges.push([left, top, 1, CELL]);
      if (!isKept(x + 1, y)) edges.push([left + CELL - 1, top, 1, CELL]);
      if (!isKept(x, y - 1)) edges.push([left, top, CELL, 1]);
      if (!isKept(x, y + 1)) edges.push([left, top + CELL - 1, CELL, 1]);
    }
  }
  return edges;
}
