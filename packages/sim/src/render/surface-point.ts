import type { Placement } from "./placement.ts";

/** A point on a shape's surface: its normal, length 1, and where it is on the surface. */
export class SurfacePoint {
  normalX = 0;
  normalY = 0;
  normalZ = 1;
  /** Coordinates on the surface, periods of its pattern; only when there is a pattern. */
  u = 0;
  v = 0;

  /** @param x,y,z the point, in the shape's coordinates */
  find(placed: Placement, face: number, x: number, y: number, z: number): void {
    const { material } = placed;
    if (material.flat || (material.cylinder && face > 3)) {
      const sign = (face & 1) === 0 ? -1 : 1;
      const axis = face >> 1;
      this.normalX = axis === 0 ? sign : 0;
      this.normalY = axis === 1 ? sign : 0;
      this.normalZ = axis === 2 ? sign : 0;
      this.u = (axis === 0 ? y : x) * material.frequency;
      this.v = (axis === 2 ? y : z) * material.frequency;
      return;
    }
    let nx = x;
    let ny = y;
    let nz = 0;
    if (material.capsule) {
      const { straight } = placed;
      nz = z > straight ? z - straight : z < -straight ? z + straight : 0;
    } else if (!material.cylinder) {
      nx = x / (placed.halfX * placed.halfX);
      ny = y / (placed.halfY * placed.halfY);
      nz = z / (placed.halfZ * placed.halfZ);
    }
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    const scale = length > 0 ? 1 / length : 0;
    this.normalX = nx * scale;
    this.normalY = ny * scale;
    this.normalZ = nz * scale;
    if (material.pattern === 0) return;
    this.u = Math.atan2(y, x) * material.turns;
    this.v = z * material.frequency;
  }
}
