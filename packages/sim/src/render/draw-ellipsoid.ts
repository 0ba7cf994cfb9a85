import type { DrawSpan } from "./draw-round.ts";
import { NEAR } from "./view.ts";
import { surfaceKey } from "./visibility.ts";

/** A span of a sphere or ellipsoid. Solves for 1 / depth, the larger root being the nearer hit. */
export const drawEllipsoidSpan: DrawSpan = (view, placed, seen, row, first, last) => {
  const { inverseDepth, keys } = seen;
  const x = placed.x / placed.halfX;
  const y = placed.y / placed.halfY;
  const z = placed.z / placed.halfZ;
  const c = x * x + y * y + z * z - 1;
  if (c <= 0) return;
  const step = 1 / view.focal;
  const up = (view.centreY - row) * step;
  const stepX = (placed.rightX * step) / placed.halfX;
  const stepY = (placed.rightY * step) / placed.halfY;
  const stepZ = (placed.rightZ * step) / placed.halfZ;
  const startX = (placed.forwardX + up * placed.upX) / placed.halfX;
  const startY = (placed.forwardY + up * placed.upY) / placed.halfY;
  const startZ = (placed.forwardZ + up * placed.upZ) / placed.halfZ;
  const key = surfaceKey(placed.index, 0);
  const line = row * view.columns;
  for (let column = first; column <= last; column += 1) {
    const across = column - view.centreX;
    const dx = startX + across * stepX;
    const dy = startY + across * stepY;
    const dz = startZ + across * stepZ;
    const a = dx * dx + dy * dy + dz * dz;
    const b = x * dx + y * dy + z * dz;
    const discriminant = b * b - a * c;
    if (discriminant < 0 || b > 0) continue;
    const value = (Math.sqrt(discriminant) - b) / c;
    if (value > inverseDepth[line + column]! && value * NEAR <= 1) {
      inverseDepth[line + column] = value;
      keys[line + column] = key;
    }
  }
};
