import type { DrawSpan } from "./draw-round.ts";
import { NEAR } from "./view.ts";
import { surfaceKey } from "./visibility.ts";

/** A span of a cylinder: face 0 is its side, 4 and 5 are its ends. */
export const drawCylinderSpan: DrawSpan = (view, placed, seen, row, first, last) => {
  const { inverseDepth, keys } = seen;
  const { x, y, z, radius, straight } = placed;
  const c = x * x + y * y - radius * radius;
  const end = z > straight ? straight : z < -straight ? -straight : 0;
  // Inside: nothing of it is seen.
  if (c <= 0 && end === 0) return;
  const step = 1 / view.focal;
  const up = (view.centreY - row) * step;
  const sideKey = surfaceKey(placed.index, 0);
  const endKey = surfaceKey(placed.index, end > 0 ? 5 : 4);
  const line = row * view.columns;
  for (let column = first; column <= last; column += 1) {
    const across = (column - view.centreX) * step;
    const dx = placed.forwardX + up * placed.upX + across * placed.rightX;
    const dy = placed.forwardY + up * placed.upY + across * placed.rightY;
    const dz = placed.forwardZ + up * placed.upZ + across * placed.rightZ;
    let value = 0;
    let key = sideKey;
    if (end !== 0 && dz * end < 0) {
      const depth = (end - z) / dz;
      const endX = x + depth * dx;
      const endY = y + depth * dy;
      if (endX * endX + endY * endY <= radius * radius) {
        value = 1 / depth;
        key = endKey;
      }
    }
    if (value === 0 && c > 0) {
      const a = dx * dx + dy * dy;
      const b = x * dx + y * dy;
      const discriminant = b * b - a * c;
      if (discriminant < 0 || b >= 0) continue;
      value = (Math.sqrt(discriminant) - b) / c;
      const height = z + dz / value;
      if (height > straight || height < -straight) continue;
    }
    if (value > inverseDepth[line + column]! && value * NEAR <= 1) {
      inverseDepth[line + column] = value;
      keys[line + column] = key;
    }
  }
};
