import type { DrawSpan } from "./draw-round.ts";
import { NEAR } from "./view.ts";
import { surfaceKey } from "./visibility.ts";

/** A span of a capsule: the nearest hit of its side and of the balls at its ends. */
export const drawCapsuleSpan: DrawSpan = (view, placed, seen, row, first, last) => {
  const { inverseDepth, keys } = seen;
  const { x, y, z, radius, straight } = placed;
  const round = x * x + y * y - radius * radius;
  // Inside: nothing of it is seen.
  if (round <= 0 && z <= straight && z >= -straight) return;
  const step = 1 / view.focal;
  const up = (view.centreY - row) * step;
  const key = surfaceKey(placed.index, 0);
  const line = row * view.columns;
  for (let column = first; column <= last; column += 1) {
    const across = (column - view.centreX) * step;
    const dx = placed.forwardX + up * placed.upX + across * placed.rightX;
    const dy = placed.forwardY + up * placed.upY + across * placed.rightY;
    const dz = placed.forwardZ + up * placed.upZ + across * placed.rightZ;
    const flat = dx * dx + dy * dy;
    const along = x * dx + y * dy;
    const discriminant = along * along - flat * round;
    if (discriminant < 0) continue;
    let value = round > 0 && along < 0 ? (Math.sqrt(discriminant) - along) / round : 0;
    const height = value > 0 ? z + dz / value : z;
    if (value === 0 || height > straight || height < -straight) {
      const centre = height < 0 ? z + straight : z - straight;
      const c = round + centre * centre;
      const b = along + centre * dz;
      const ball = b * b - (flat + dz * dz) * c;
      if (ball < 0 || b >= 0 || c <= 0) continue;
      value = (Math.sqrt(ball) - b) / c;
    }
    if (value > inverseDepth[line + column]! && value * NEAR <= 1) {
      inverseDepth[line + column] = value;
      keys[line + column] = key;
    }
  }
};
