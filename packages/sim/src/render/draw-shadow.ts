import { scanFaceShadow } from "./box-face.ts";
import type { Placement } from "./placement.ts";
import type { Polygon } from "./polygon.ts";
import type { EntersAt } from "./shadow-line.ts";
import type { View } from "./view.ts";
import { SHADOWED, type Visibility } from "./visibility.ts";

/** How far off the table's height something may be and count as the table, as a share of its distance. */
const TOLERANCE = 5e-4;

/**
 * Marks the samples that see the table z = 0 in the shadow of a drawable. Its lit box faces cover its shadow once.
 *
 * @param drop 1 / how fast the light goes down
 * @param entersAt decides within the shadow of the box; none for a box itself
 */
export function drawShadow(
  view: View,
  placed: Placement,
  polygon: Polygon,
  seen: Visibility,
  drop: number,
  entersAt: EntersAt | undefined,
): void {
  for (let face = 0; face < 6; face += 1) {
    const axis = face >> 1;
    const light = axis === 0 ? placed.lightX : axis === 1 ? placed.lightY : placed.lightZ;
    const lit = face % 2 === 0 ? light > 0 : light < 0;
    if (!lit || !scanFaceShadow(polygon, placed, face, drop)) continue;
    for (let row = polygon.top; row <= polygon.bottom; row += 1) {
      markSpan(view, placed, seen, row, polygon.first[row]!, polygon.last[row]!, entersAt);
    }
  }
}

function markSpan(
  view: View,
  placed: Placement,
  seen: Visibility,
  row: number,
  first: number,
  last: number,
  entersAt: EntersAt | undefined,
): void {
  const { inverseDepth, keys } = seen;
  const step = 1 / view.focal;
  const up = (view.centreY - row) * step;
  const line = row * view.columns;
  const down = view.forward[2] + up * view.up[2];
  const slope = view.right[2] * step;
  for (let column = first; column <= last; column += 1) {
    const across = column - view.centreX;
    const table = -(down + across * slope) / view.z;
    if (!(Math.abs(inverseDepth[line + column]! - table) <= TOLERANCE * table)) continue;
    if (entersAt !== undefined) {
      const depth = 1 / table;
      const side = across * step;
      const x = placed.x + depth * (placed.forwardX + up * placed.upX + side * placed.rightX);
      const y = placed.y + depth * (placed.forwardY + up * placed.upY + side * placed.rightY);
      const z = placed.z + depth * (placed.forwardZ + up * placed.upZ + side * placed.rightZ);
      if (entersAt(placed, x, y, z) >= 0) continue;
    }
    keys[line + column] = keys[line + column]! | SHADOWED;
  }
}
