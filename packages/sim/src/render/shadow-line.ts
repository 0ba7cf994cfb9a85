import type { Placement } from "./placement.ts";

/**
 * Where the line of light through a point, in the shape's coordinates, enters the shape: metres down the light, so
 * that what is negative stands in the point's light; infinite where it passes by.
 */
export type EntersAt = (placed: Placement, x: number, y: number, z: number) => number;

function entersBox(placed: Placement, x: number, y: number, z: number): number {
  const { lightX, lightY, lightZ, halfX, halfY, halfZ } = placed;
  const enter = Math.max(
    enterSlab(x, lightX, halfX),
    enterSlab(y, lightY, halfY),
    enterSlab(z, lightZ, halfZ),
  );
  // The line leaves where it would enter going back.
  const leave = -Math.max(
    enterSlab(x, -lightX, halfX),
    enterSlab(y, -lightY, halfY),
    enterSlab(z, -lightZ, halfZ),
  );
  return enter <= leave ? enter : Infinity;
}

function enterSlab(at: number, light: number, half: number): number {
  if (light > 1e-9) return (-half - at) / light;
  if (light < -1e-9) return (half - at) / light;
  return at <= half && at >= -half ? -Infinity : Infinity;
}

function entersEllipsoid(placed: Placement, x: number, y: number, z: number): number {
  const px = x / placed.halfX;
  const py = y / placed.halfY;
  const pz = z / placed.halfZ;
  const lx = placed.lightX / placed.halfX;
  const ly = placed.lightY / placed.halfY;
  const lz = placed.lightZ / placed.halfZ;
  const a = lx * lx + ly * ly + lz * lz;
  const b = px * lx + py * ly + pz * lz;
  const discriminant = b * b - a * (px * px + py * py + pz * pz - 1);
  return discriminant < 0 ? Infinity : (-b - Math.sqrt(discriminant)) / a;
}

function entersCylinder(placed: Placement, x: number, y: number, z: number): number {
  const { lightX, lightY, lightZ, radius, straight } = placed;
  const a = lightX * lightX + lightY * lightY;
  const b = x * lightX + y * lightY;
  const c = x * x + y * y - radius * radius;
  const end = enterSlab(z, lightZ, straight);
  if (a < 1e-12) return c <= 0 ? end : Infinity;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return Infinity;
  const root = Math.sqrt(discriminant);
  const enter = Math.max(end, (-b - root) / a);
  const leave = Math.min(-enterSlab(z, -lightZ, straight), (-b + root) / a);
  return enter <= leave ? enter : Infinity;
}

/** Seen along the light, a capsule is a thick line; gives where the light is nearest to its axis. */
function entersCapsule(placed: Placement, x: number, y: number, z: number): number {
  const { lightX, lightY, lightZ, radius, straight } = placed;
  const along = x * lightX + y * lightY + z * lightZ;
  const flat = 1 - lightZ * lightZ;
  const height = z - along * lightZ;
  const nearest = flat < 1e-12 ? 0 : Math.max(-straight, Math.min(straight, height / flat));
  const dx = x - along * lightX + nearest * lightZ * lightX;
  const dy = y - along * lightY + nearest * lightZ * lightY;
  const dz = height - nearest * flat;
  return dx * dx + dy * dy + dz * dz <= radius * radius ? nearest * lightZ - along : Infinity;
}

export const ENTERS_AT: Readonly<Partial<Record<Placement["shape"], EntersAt>>> = {
  box: entersBox,
  sphere: entersEllipsoid,
  ellipsoid: entersEllipsoid,
  cylinder: entersCylinder,
  capsule: entersCapsule,
};
