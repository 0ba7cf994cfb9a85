import { scanFace } from "./box-face.ts";
import type { Placement } from "./placement.ts";
import type { Polygon } from "./polygon.ts";
import type { View } from "./view.ts";
import { surfaceKey, type Visibility } from "./visibility.ts";

/** Draws the at most three faces that look at the camera. From inside, a box is not seen. */
export function drawBox(view: View, placed: Placement, polygon: Polygon, seen: Visibility): void {
  const { x, y, z, halfX, halfY, halfZ } = placed;
  if (x < -halfX) drawFace(view, placed, polygon, seen, 0);
  else if (x > halfX) drawFace(view, placed, polygon, seen, 1);
  if (y < -halfY) drawFace(view, placed, polygon, seen, 2);
  else if (y > halfY) drawFace(view, placed, polygon, seen, 3);
  if (z < -halfZ) drawFace(view, placed, polygon, seen, 4);
  else if (z > halfZ) drawFace(view, placed, polygon, seen, 5);
}

/** A plane is seen from its +z side only. */
export function drawPlane(view: View, placed: Placement, polygon: Polygon, seen: Visibility): void {
  if (placed.z > 0) drawFace(view, placed, polygon, seen, 5);
}

function drawFace(view: View, placed: Placement, polygon: Polygon, seen: Visibility, face: number): void {
  if (!scanFace(polygon, placed, face)) return;
  // On a plane, 1 / depth is linear in the picture.
  const axis = face >> 1;
  const gap =
    1 /
    (axis === 0
      ? away(placed.x, placed.halfX)
      : axis === 1
        ? away(placed.y, placed.halfY)
        : away(placed.z, placed.halfZ));
  const scale = gap / view.focal;
  const ahead = gap * (axis === 0 ? placed.forwardX : axis === 1 ? placed.forwardY : placed.forwardZ);
  const across = scale * (axis === 0 ? placed.rightX : axis === 1 ? placed.rightY : placed.rightZ);
  const upwards = scale * (axis === 0 ? placed.upX : axis === 1 ? placed.upY : placed.upZ);
  const key = surfaceKey(placed.index, face);
  const { inverseDepth, keys } = seen;
  for (let row = polygon.top; row <= polygon.bottom; row += 1) {
    const last = polygon.last[row]!;
    const start = ahead + (view.centreY - row) * upwards - view.centreX * across;
    const line = row * view.columns;
    for (let column = polygon.first[row]!; column <= last; column += 1) {
      const value = start + column * across;
      if (value > inverseDepth[line + column]!) {
        inverseDepth[line + column] = value;
        keys[line + column] = key;
      }
    }
  }
}

/** From the camera to the face, along the face's axis. */
function away(camera: number, half: number): number {
  return camera > 0 ? half - camera : -half - camera;
}
