import { scanFace } from "./box-face.ts";
import type { Placement } from "./placement.ts";
import type { Polygon } from "./polygon.ts";
import type { View } from "./view.ts";
import type { Visibility } from "./visibility.ts";

/** Intersects the rays of one row of samples, `first` … `last`, with a shape. */
export type DrawSpan = (
  view: View,
  placed: Placement,
  seen: Visibility,
  row: number,
  first: number,
  last: number,
) => void;

/**
 * Draws a round shape by its exact equation at every sample that its box covers. The box's far faces are the ones
 * that cover it: they do so once, and also when the camera is inside the box.
 */
export function drawRound(
  view: View,
  placed: Placement,
  polygon: Polygon,
  seen: Visibility,
  drawSpan: DrawSpan,
): void {
  for (let face = 0; face < 6; face += 1) {
    if (!looksAway(placed, face) || !scanFace(polygon, placed, face)) continue;
    for (let row = polygon.top; row <= polygon.bottom; row += 1) {
      const first = polygon.first[row]!;
      const last = polygon.last[row]!;
      if (first <= last) drawSpan(view, placed, seen, row, first, last);
    }
  }
}

function looksAway(placed: Placement, face: number): boolean {
  const axis = face >> 1;
  const camera = axis === 0 ? placed.x : axis === 1 ? placed.y : placed.z;
  const half = axis === 0 ? placed.halfX : axis === 1 ? placed.halfY : placed.halfZ;
  return face % 2 === 0 ? camera > -half : camera < half;
}
