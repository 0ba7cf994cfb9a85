import type { WorldState } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import { pointOf, rotate, rotateBack } from "../tasks/pose-geometry.ts";
import type { Thing } from "./types.ts";

/** Where and how the fingers take a thing. */
export interface Grasp {
  /** Place of the fingertips, metres. */
  readonly point: Vector3;
  /** Turn of the hand about the vertical, radians; the fingers close along y at 0. */
  readonly yaw: number;
  /** Width of the thing between the fingers, metres. */
  readonly width: number;
}

/** The fingertips reach this far below the point that they take, metres. */
const TIP_DEPTH = 0.012;
/** No grasp point is farther from its thing's base than this, metres. */
const FAR = 0.15;
/** Off the fingertips by less, a thing is between the fingers; along their way, what the opening leaves comes on top. Metres. */
const BETWEEN = { across: 0.014, along: 0.006, above: 0.015 } as const;
/** Off the fingertips by less, a thing can be gripped: the hold gives a little. Metres. */
const HELD = { across: 0.02, along: 0.015, above: 0.03 } as const;
/** Fingers that press on a thing may be wider open than it by the first, and narrower by the second, metres. */
const [LOOSE, TIGHT] = [0.005, 0.014];
/** Turned by less, a box is taken as it is: closing fingers turn it. Radians. */
const TURNED = 0.2;
/** Cosine of the tilt from which on a thing counts as lying. */
const LYING = 0.7;

/** How to take a thing as it stands or lies: across its axis, roughly along a face; of equal ways the one nearest to yaw 0. */
export function graspOf(thing: Thing): Grasp {
  const { pose, size } = thing;
  const axis = rotate(pose, [0, 0, 1]);
  const upright = Math.abs(axis[2]);
  const { width, place } = gripOf(thing, upright);
  const [x, y, z] = place;
  const point: Vector3 = [x, y, z - TIP_DEPTH];
  if (upright < LYING) {
    const compact = size.height < 2.5 * size.half[0];
    return { point, width, yaw: nearest(Math.atan2(axis[1], axis[0]), compact ? Math.PI / 2 : Math.PI) };
  }
  if (size.round) return { point, width, yaw: 0 };
  const face = rotate(pose, [1, 0, 0]);
  const turn = nearest(Math.atan2(face[1], face[0]), Math.PI / 2);
  return { point, width, yaw: Math.sign(turn) * Math.max(0, Math.abs(turn) - TURNED) };
}

/** How far the thing's grasp point lies from the fingertips, in the hand's frame: across the fingers, along their way, above. */
function offsetInHand({ effector }: WorldState, { point }: Grasp): Vector3 {
  const { position } = effector;
  return rotateBack(effector, [point[0] - position[0], point[1] - position[1], point[2] - position[2]]);
}

/** Whether a thing is where closing fingers take it. */
export function isBetweenFingers(state: WorldState, thing: Thing): boolean {
  if (isFar(state, thing)) return false;
  const grasp = inHand(state, thing);
  const [across, along, above] = offsetInHand(state, grasp);
  const free = Math.max(0, state.opening - grasp.width) / 2;
  return (
    Math.abs(across) < BETWEEN.across &&
    Math.abs(along) < free + BETWEEN.along &&
    Math.abs(above) < BETWEEN.above
  );
}

/** Whether the fingers press on it. */
export function isGripped(state: WorldState, thing: Thing): boolean {
  if (isFar(state, thing)) return false;
  const grasp = inHand(state, thing);
  if (state.opening > grasp.width + LOOSE || state.opening < grasp.width - TIGHT) return false;
  const [across, along, above] = offsetInHand(state, grasp);
  return Math.abs(across) < HELD.across && Math.abs(along) < HELD.along && Math.abs(above) < HELD.above;
}

/** Whether it is out of the hand's reach in any case: most things are, and that is quickly seen. */
function isFar({ effector }: WorldState, { pose }: Thing): boolean {
  const [x, y, z] = effector.position;
  const [a, b, c] = pose.position;
  return Math.abs(x - a) > FAR || Math.abs(y - b) > FAR || Math.abs(z - c) > FAR;
}

/** The grasp of a thing that may be tilted together with the hand: the fingertips' depth is along the hand then. */
function inHand({ effector }: WorldState, thing: Thing): Grasp {
  const axis = rotate(thing.pose, [0, 0, 1]);
  const hand = rotate(effector, [0, 0, 1]);
  const upright = Math.abs(axis[0] * hand[0] + axis[1] * hand[1] + axis[2] * hand[2]);
  const { width, place } = gripOf(thing, upright);
  const [x, y, z] = place;
  const point: Vector3 = [x - TIP_DEPTH * hand[0], y - TIP_DEPTH * hand[1], z - TIP_DEPTH * hand[2]];
  return { point, width, yaw: 0 };
}

/** The width that the fingers take, and where: at the grasp's height of what is upright (1), in the middle of what lies (0). */
function gripOf({ pose, size }: Thing, upright: number): { readonly width: number; readonly place: Vector3 } {
  const { height, width } = size.grasp ?? { height: size.height / 2, width: 2 * size.half[1] };
  return { width, place: pointOf(pose, [0, 0, upright * height + (1 - upright) * (size.height / 2)]) };
}

/** The angle plus a multiple of `period` that is nearest to 0. */
function nearest(angle: number, period: number): number {
  return angle - period * Math.round(angle / period);
}
