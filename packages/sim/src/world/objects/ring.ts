import type { Surface } from "../../render/types.ts";
import { aboutAxis } from "../rotations.ts";
import type { Part } from "../types.ts";

export interface RingOptions {
  readonly radius: number;
  readonly height: number;
  readonly thickness: number;
  /** Height of the lower edge. */
  readonly from: number;
  readonly sides: number;
  /** Kilograms of the whole ring. */
  readonly mass?: number;
  readonly surface: Surface;
}

/** An upright wall around the z axis, of flat boxes; `radius` is its outer one. */
export function ring({ radius, height, thickness, from, sides, mass = 0, surface }: RingOptions): Part[] {
  const apothem = radius * Math.cos(Math.PI / sides) - thickness / 2;
  const halfWidth = (apothem + thickness / 2) * Math.tan(Math.PI / sides);
  return Array.from({ length: sides }, (_, side) => {
    // A face, not an edge, meets the fingers, which close along y.
    const angle = (2 * Math.PI * side) / sides + Math.PI / 2;
    return {
      shape: "box",
      size: [thickness / 2, halfWidth, height / 2],
      position: [apothem * Math.cos(angle), apothem * Math.sin(angle), from + height / 2],
      rotation: aboutAxis([0, 0, 1], angle),
      surface,
      mass: mass / sides,
    };
  });
}
