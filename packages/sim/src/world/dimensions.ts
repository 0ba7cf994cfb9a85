import type { ObjectKind } from "../tasks/types.ts";

/** Metres. */
export interface Dimensions {
  /** Half extents of the footprint at yaw 0. */
  readonly half: readonly [number, number];
  readonly height: number;
  /** Stays where it was put: plates and the like. */
  readonly fixed: boolean;
  /** Whether it looks and feels the same from all sides. */
  readonly round: boolean;
}

/** Every kind's outer size. An object's pose is the centre of its base. */
export const DIMENSIONS: Readonly<Record<ObjectKind, Dimensions>> = {
  cube: { half: [0.0225, 0.0225], height: 0.045, fixed: false, round: false },
  can: { half: [0.024, 0.024], height: 0.08, fixed: false, round: true },
  bottle: { half: [0.022, 0.022], height: 0.14, fixed: false, round: true },
  cup: { half: [0.03, 0.03], height: 0.07, fixed: false, round: true },
  carton: { half: [0.0225, 0.0225], height: 0.09, fixed: false, round: false },
  plate: { half: [0.08, 0.08], height: 0.012, fixed: true, round: true },
  bowl: { half: [0.07, 0.07], height: 0.035, fixed: true, round: true },
  basket: { half: [0.085, 0.07], height: 0.06, fixed: true, round: false },
  pad: { half: [0.06, 0.06], height: 0.004, fixed: true, round: false },
  stand: { half: [0.06, 0.06], height: 0.05, fixed: true, round: false },
};

export const BALL_RADIUS = 0.008;
export const BALLS_IN_A_CUP = 3;

/** The balls of the cup `name`. */
export function ballNames(name: string): string[] {
  return Array.from({ length: BALLS_IN_A_CUP }, (_, index) => `${name}#${String(index)}`);
}
