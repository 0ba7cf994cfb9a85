import type { ObjectKind } from "./types.ts";

/** What goals and grasps need to know of a kind. Metres. */
export interface Dimensions {
  /** Radius, or half the side, of the part that stands on the table. */
  readonly half: readonly [x: number, y: number];
  readonly height: number;
  /** Whether it is round about its own axis. */
  readonly round: boolean;
  /** Of what the gripper can lift: the point of its axis that the fingers take, above its base, and its width there. */
  readonly grasp?: { readonly height: number; readonly width: number };
  /** Of what things are put on or in: height of the surface that carries them, above its base. */
  readonly surface: number;
  /** Whether walls surround the surface. */
  readonly hollow: boolean;
}

const solid = (half: number, height: number, round: boolean, graspHeight: number): Dimensions => ({
  half: [half, half],
  height,
  round,
  grasp: { height: graspHeight, width: 2 * half },
  surface: height,
  hollow: false,
});

/** Sizes of all kinds of objects. The bodies in the simulator are made to them. */
export const DIMENSIONS: Readonly<Record<ObjectKind, Dimensions>> = {
  cube: solid(0.0225, 0.045, false, 0.0225),
  can: solid(0.024, 0.08, true, 0.05),
  bottle: solid(0.022, 0.14, true, 0.092),
  cup: solid(0.03, 0.07, true, 0.045),
  carton: solid(0.0225, 0.09, false, 0.055),
  plate: { half: [0.08, 0.08], height: 0.012, round: true, surface: 0.012, hollow: false },
  bowl: { half: [0.07, 0.07], height: 0.035, round: true, surface: 0.005, hollow: true },
  basket: { half: [0.085, 0.07], height: 0.06, round: false, surface: 0.005, hollow: true },
  pad: { half: [0.06, 0.06], height: 0.004, round: false, surface: 0.004, hollow: false },
  stand: { half: [0.06, 0.06], height: 0.05, round: false, surface: 0.05, hollow: false },
};

/** Whether the gripper can lift it. */
export function isGraspable(kind: ObjectKind): boolean {
  return DIMENSIONS[kind].grasp !== undefined;
}
