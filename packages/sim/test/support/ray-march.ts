import type { Camera, Drawable, Poses } from "../../src/render/types.ts";

/** A slow, independent reference for the renderer: it only knows when a point is inside a solid. */
function isInside(drawable: Drawable, x: number, y: number, z: number): boolean {
  const [a, b, c] = drawable.size;
  switch (drawable.shape) {
    case "box":
      return Math.abs(x) <= a && Math.abs(y) <= b && Math.abs(z) <= c;
    case "sphere":
      return x * x + y * y + z * z <= a * a;
    case "ellipsoid":
      return (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 <= 1;
    case "cylinder":
      return x * x + y * y <= a * a && Math.abs(z) <= b;
    case "capsule":
      return x * x + y * y + (z - Math.max(-b, Math.min(b, z))) ** 2 <= a * a;
    default:
      return z <= 0 && Math.abs(x) <= a && Math.abs(y) <= b;
  }
}

/** Index of the first solid on a ray, or −1. */
export function firstHit(
  drawables: readonly Drawable[],
  poses: Poses,
  origin: readonly number[],
  direction: readonly number[],
  { step = 0.004, reach = 3 } = {},
): number {
  let nearest = reach;
  let hit = -1;
  for (const [index, drawable] of drawables.entries()) {
    const offset = origin.map((part, axis) => part - poses.positions[3 * index + axis]!);
    const [x, y, z] = toBody(poses, index, offset);
    const [dx, dy, dz] = toBody(poses, index, direction);
    for (let way = step; way < nearest; way += step) {
      if (!isInside(drawable, x + way * dx, y + way * dy, z + way * dz)) continue;
      nearest = way;
      hit = index;
    }
  }
  return hit;
}

function toBody({ rotations }: Poses, index: number, vector: readonly number[]): [number, number, number] {
  const [x, y, z] = [0, 1, 2].map((axis) =>
    vector.reduce((sum, part, row) => sum + rotations[9 * index + 3 * row + axis]! * part, 0),
  );
  return [x!, y!, z!];
}

/** Direction of the ray through a pixel's centre; its part along the camera's axis is 1. */
export function pixelRay(camera: Camera, side: number, pixel: number): number[] {
  const focal = side / 2 / Math.tan((camera.fovy * Math.PI) / 360);
  const across = ((pixel % side) + 0.5 - side / 2) / focal;
  const up = (side / 2 - Math.floor(pixel / side) - 0.5) / focal;
  return [0, 1, 2].map((row) => {
    const [right, above, back] = [0, 1, 2].map((axis) => camera.rotation[3 * row + axis]!);
    return across * right! + up * above! - back!;
  });
}
