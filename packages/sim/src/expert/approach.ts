import { aboutAxis, inverse, multiply, toRotationVector } from "../world/rotations.ts";
import { clearanceHeight, thingsBelow } from "./clearance.ts";
import { clamp, glide } from "./glide.ts";
import { graspOf, isBetweenFingers } from "./grasp.ts";
import type { Intent, Scene } from "./types.ts";

/** An opening from which on the hand may go down around a thing, metres. */
const OPEN = 0.075;
/** Off the object's middle by this, the hand still goes down around it, if so much room is left on either side. Metres. */
const AIM = 0.01;
const SPARE = 0.002;
/** Turned wrongly by less, the hand may go down, radians. */
const ALIGNED = 0.25;
/** What the hand rises while it closes, metres: who cannot see whether the fingers have closed goes on all the same. */
const LIFT = 0.015;
/** Height of the fingertips that clears a thing's top, metres. */
const ABOVE = 0.015;

/** To the object with an open hand, down around it, and close. */
export function approach({ state, object, things }: Scene): Intent {
  const grasp = graspOf(object);
  const rotation = aboutAxis([0, 0, 1], grasp.yaw);
  if (isBetweenFingers(state, object)) {
    const [x, y] = grasp.point;
    return { position: [x, y, state.effector.position[2] + LIFT], rotation, gripper: 1 };
  }
  const turn = Math.hypot(...toRotationVector(multiply(rotation, inverse(state.effector.rotation))));
  const top = object.pose.position[2] + object.size.height;
  const position = glide({
    from: state.effector.position,
    to: grasp.point,
    clear: Math.max(0.02, top - grasp.point[2]) + ABOVE,
    aim: Math.min(AIM, (OPEN - grasp.width) / 2 - SPARE),
    surroundings: clearanceHeight(state, things, [object, ...thingsBelow(object, things)]),
    amiss: 0.01 * clamp((OPEN - state.opening) / 0.01) + 0.05 * Math.max(0, turn - ALIGNED),
  });
  return { position, rotation, gripper: -1 };
}
