import type { Vector3 } from "../render/types.ts";
import { aboutAxis, multiply } from "../world/rotations.ts";
import { ARM_BASE } from "../robot/arm-chain.ts";
import { rotate } from "../tasks/pose-geometry.ts";
import { clearanceHeight } from "./clearance.ts";
import { clamp, glide } from "./glide.ts";
import type { Intent, Scene } from "./types.ts";

/** Tilt of the hand at which a cup runs empty, radians, away from the robot. */
const TILT = 2.3;
/** Where the fingertips are then: before the target's middle, as the lip lies beyond, and above its rim. Metres. */
const BEFORE = 0.014;
const ABOVE = 0.085;
const AIM = 0.01;
/** Off the place to pour at by less, metres, the hand begins to tilt; within the second it tilts in full. Then the heights below it. */
const NEAR = [0.06, 0.02] as const;
const LOW = [0.04, 0.01] as const;
/** Metres by which these distances grow with each radian that the hand is tilted already: pouring goes through, once begun. */
const COMMITTED = 0.02;
/** From the fingertips down to the base of the cup, and a little more. */
const BELOW = 0.045;

/**
 * With the cup in the hand: up, over to the target, and tilt, in the plane of the arm and away from it. Towards it the
 * hand would come in line with the forearm, where the wrist is singular.
 */
export function pour({ state, object, target, things }: Scene): Intent {
  const hand = state.effector.position;
  const [x, y, z] = target.pose.position;
  const azimuth = Math.atan2(y - ARM_BASE[1], x - ARM_BASE[0]);
  const end: Vector3 = [
    x - BEFORE * Math.cos(azimuth),
    y - BEFORE * Math.sin(azimuth),
    z + target.size.height + ABOVE,
  ];
  const position = glide({
    from: hand,
    to: end,
    clear: 0,
    aim: AIM,
    surroundings: BELOW + clearanceHeight(state, things, [object, target]),
  });
  const off = Math.hypot(end[0] - hand[0], end[1] - hand[1]);
  const spare = COMMITTED * Math.acos(clamp(rotate(state.effector, [0, 0, 1])[2]));
  const share = (distance: number, [far, full]: readonly [number, number]): number =>
    clamp((far + spare - distance) / (far - full));
  const tilt = TILT * share(off, NEAR) * share(end[2] - hand[2], LOW);
  const rotation = multiply(aboutAxis([0, 0, 1], azimuth), aboutAxis([0, 1, 0], tilt));
  return { position, rotation, gripper: 1 };
}
