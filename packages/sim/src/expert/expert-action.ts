import { ACTION_SCALE } from "../environment/action-scale.ts";
import type { WorldState } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import type { Task } from "../tasks/types.ts";
import { inverse, multiply, toRotationVector } from "../world/rotations.ts";
import { intentOf } from "./intent.ts";

/**
 * Share of the way that is left which one step goes: the last centimetres are slow, so that an error of a millimetre in
 * seeing is a small error of the action, and can be learnt from pictures.
 */
const GAIN = { position: 0.7, rotation: 0.5 } as const;

/**
 * What the expert does in this state: a pure function of it, without memory, so that any state can be labelled.
 *
 * @returns `[7]`, each −1 … 1, as `Tabletop.step` takes it
 */
export function expertAction(state: WorldState, task: Task): number[] {
  const { position, rotation, gripper } = intentOf(state, task);
  const { effector } = state;
  const [x, y, z] = effector.position;
  const turn = toRotationVector(multiply(rotation, inverse(effector.rotation)));
  const sideways = limit([position[0] - x, position[1] - y, 0], ACTION_SCALE.position / GAIN.position);
  const upwards = limit([0, 0, position[2] - z], ACTION_SCALE.position / GAIN.position);
  return [
    sideways[0],
    sideways[1],
    upwards[2],
    ...limit(turn, ACTION_SCALE.rotation / GAIN.rotation),
    gripper,
  ];
}

/** The vector in units of `scale`, shortened to length 1 where it is longer. */
function limit([x, y, z]: Vector3, scale: number): Vector3 {
  const divisor = Math.max(scale, Math.hypot(x, y, z));
  return [x / divisor, y / divisor, z / divisor];
}
