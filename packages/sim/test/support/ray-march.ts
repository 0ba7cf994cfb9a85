import type { Camera, Drawable, Poses } from "../../src/render/types.ts";

/** Whether a world point is in a solid, by its definition: a slow, independent reference for the renderer. */
export function isInside(
  drawable: Drawable,
  poses: Poses,
  index: number,
  point: readonly number[],
): boolean {
  const [x, y, z] = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let row = 0; row < 3; row += 1) {
      const offset = point[row]! - poses.positions[3 * index + row]!;
      sum += poses.rotations[9 * index + 3 * row + axis]! * offset;
    }
    return sum;
  }) as [number, number, number];
  const [a, b, c] = drawable.size;
  switch (drawable.shape) {
    case "box":
      return Math.abs(x) <= a && Math.abs(y) <= b && Math.abs(z) <= c;
    case "sphere":
      return Math.hypot(x, y, z) <= a;
    case "ellipsoid":
      return Math.hypot(x / a, y / b, z / c) <= 1;
    case "cylinder":
      return Math.hypot(x, y) <= a && Math.abs(z) <= b;
    case "capsule":
      return Math.hypot(x, y, z - Math.max(-b, Math.min(b, z))) <= a;
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
  { step = 0.002, reach = 3 } = {},
): number {
  for (let way = step; way < reach; way += step) {
    const point = origin.map((part, axis) => part + way * direction[axis]!);
    const hit = drawables.findIndex((drawable, index) => isInside(drawable, poses, index, point));
    if (hit >= 0) return hit;
  }
  return -1;
}

/** Direction of the ray through a pixel's centre; its part along the camera's axis is 1. */
export function pixelRay(
  camera: Camera,
  width: number,
  height: number,
  x: number,
  y: number,
): number[] {
  const focal = height / 2 / Math.tan((camera.fovy * Math.PI) / 360);
  const own = [(x + 0.5 - width / 2) / focal, (height / 2 - y - 0.5) / focal, -1];
  return [0, 1, 2].map((row) =>
    own.reduce((sum, part, axis) => sum + camera.rotation[3 * row + axis]! * part, 0),
  );
}
