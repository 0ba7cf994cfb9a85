import type { Placement } from "./placement.ts";

/** Whether the ray of light through a point, in the shape's coordinates, meets the shape. */
export type MeetsLight = (placed: Placement, x: number, y: number, z: number) => boolean;

export function ellipsoidMeetsLight(placed: Placement, x: number, y: number, z: number): boolean {
  const px = x / placed.halfX;
  const py = y / placed.halfY;
  const pz = z / placed.halfZ;
  const lx = placed.lightX / placed.halfX;
  const ly = placed.lightY / placed.halfY;
  const lz = placed.lightZ / placed.halfZ;
  const along = px * lx + py * ly + pz * lz;
  return px * px + py * py + pz * pz - (along * along) / (lx * lx + ly * ly + lz * lz) <= 1;
}

export function cylinderMeetsLight(placed: Placement, x: number, y: number, z: number): boolean {
  const { lightX, lightY, lightZ, radius, straight } = placed;
  const a = lightX * lightX + lightY * lightY;
  const c = x * x + y * y - radius * radius;
  if (a < 1e-12) return c <= 0;
  const b = x * lightX + y * lightY;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return false;
  const root = Math.sqrt(discriminant);
  const enter = z + (lightZ * (-b - root)) / a;
  const leave = z + (lightZ * (-b + root)) / a;
  return Math.min(enter, leave) <= straight && Math.max(enter, leave) >= -straight;
}

/** Seen along the light, a capsule is a thick line. */
export function capsuleMeetsLight(placed: Placement, x: number, y: number, z: number): boolean {
  const { lightX, lightY, lightZ, radius, straight } = placed;
  const along = x * lightX + y * lightY + z * lightZ;
  const flat = 1 - lightZ * lightZ;
  const height = z - along * lightZ;
  const nearest = flat < 1e-12 ? 0 : Math.max(-straight, Math.min(straight, height / flat));
  const dx = x - along * lightX + nearest * lightZ * lightX;
  const dy = y - along * lightY + nearest * lightZ * lightY;
  const dz = height - nearest * flat;
  return dx * dx + dy * dy + dz * dz <= radius * radius;
}
