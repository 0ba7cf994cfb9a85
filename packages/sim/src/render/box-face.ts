import type { Placement } from "./placement.ts";
import type { Polygon } from "./polygon.ts";

/** Corners of the faces −x, +x, −y, +y, −z, +z as signs, in a ring. */
const RINGS: readonly (readonly number[])[] = [
  [-1, -1, -1, -1, 1, -1, -1, 1, 1, -1, -1, 1],
  [1, -1, -1, 1, 1, -1, 1, 1, 1, 1, -1, 1],
  [-1, -1, -1, 1, -1, -1, 1, -1, 1, -1, -1, 1],
  [-1, 1, -1, 1, 1, -1, 1, 1, 1, -1, 1, 1],
  [-1, -1, -1, 1, -1, -1, 1, 1, -1, -1, 1, -1],
  [-1, -1, 1, 1, -1, 1, 1, 1, 1, -1, 1, 1],
];

/** Scans a face of the box around the shape. Returns whether it covers any row. */
export function scanFace(polygon: Polygon, placed: Placement, face: number): boolean {
  const ring = RINGS[face]!;
  polygon.begin();
  for (let corner = 0; corner < 12; corner += 3) {
    addPoint(
      polygon,
      placed,
      ring[corner]! * placed.halfX,
      ring[corner + 1]! * placed.halfY,
      ring[corner + 2]! * placed.halfZ,
    );
  }
  return polygon.scan();
}

/** Scans the shadow of a face on the table z = 0. `drop` is 1 / how fast the light goes down. */
export function scanFaceShadow(polygon: Polygon, placed: Placement, face: number, drop: number): boolean {
  const ring = RINGS[face]!;
  polygon.begin();
  for (let corner = 0; corner < 12; corner += 3) {
    const x = ring[corner]! * placed.halfX;
    const y = ring[corner + 1]! * placed.halfY;
    const z = ring[corner + 2]! * placed.halfZ;
    const height = placed.height + placed.skyX * x + placed.skyY * y + placed.skyZ * z;
    const way = Math.max(0, height) * drop;
    addPoint(polygon, placed, x + way * placed.lightX, y + way * placed.lightY, z + way * placed.lightZ);
  }
  return polygon.scan();
}

function addPoint(polygon: Polygon, placed: Placement, px: number, py: number, pz: number): void {
  const x = px - placed.x;
  const y = py - placed.y;
  const z = pz - placed.z;
  polygon.add(
    placed.rightX * x + placed.rightY * y + placed.rightZ * z,
    placed.upX * x + placed.upY * y + placed.upZ * z,
    placed.forwardX * x + placed.forwardY * y + placed.forwardZ * z,
  );
}
