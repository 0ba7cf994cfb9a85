import { ACTION_SCALE } from "../environment/action-scale.ts";
import type { Pose } from "../environment/types.ts";
import type { Physics } from "../mujoco/physics.ts";
import { IDENTITY, fromRotationVector, multiply } from "../world/rotations.ts";
import { SERVO_LAG } from "./actuators.ts";
import { ARM_JOINTS } from "./arm-chain.ts";
import { OPEN } from "./gripper.ts";
import { solveIk } from "./inverse-kinematics.ts";
import { forward } from "./kinematics.ts";

/** Where the effector may be sent, metres: above the table, within the arm's reach. */
const BOUNDS = [
  [-0.32, 0.32],
  [-0.4, 0.4],
  [0.004, 0.45],
] as const;
/** Most radians that a joint turns in a control step. */
const JOINT_STEP = 0.35;

const JOINTS = ARM_JOINTS.length;

/** The robot's part of the physics: its joints come first in `qpos` and `ctrl`, then the two fingers. */
export class Robot {
  readonly #physics: Physics;

  constructor(physics: Physics) {
    this.#physics = physics;
  }

  effector(): Pose {
    const { position, rotation } = forward(this.#angles());
    return { position, rotation };
  }

  /** How far the left and the right finger are open, metres. */
  fingers(): readonly [number, number] {
    const positions = this.#physics.array("qpos");
    return [positions[JOINTS] ?? 0, positions[JOINTS + 1] ?? 0];
  }

  /** Puts the effector at `pose` at once, gripper open. */
  place(pose: Pose): void {
    const angles = solveIk(
      ARM_JOINTS.map(() => 0),
      pose,
      { iterations: 100 },
    );
    const all = [...angles, OPEN / 2, OPEN / 2];
    this.#physics.array("qpos").set(all);
    this.#physics.array("ctrl").set(all);
  }

  /**
   * One control step of `substeps` physics steps towards the measured pose plus the scaled action.
   *
   * @param advance does one physics step
   */
  move(action: ArrayLike<number>, substeps: number, seconds: number, advance: () => void): void {
    const from = this.#angles();
    const to = solveIk(from, displaced(forward(from), action), { reach: JOINT_STEP });
    this.#grip(action[6] ?? 0);
    for (let substep = 1; substep <= substeps; substep += 1) {
      const control = this.#physics.array("ctrl");
      for (let joint = 0; joint < JOINTS; joint += 1) {
        const start = from[joint] ?? 0;
        const way = (to[joint] ?? 0) - start;
        control[joint] = start + (way * (substep - 1)) / substeps + (way / seconds) * SERVO_LAG;
      }
      advance();
    }
  }

  #angles(): number[] {
    return Array.from(this.#physics.array("qpos").subarray(0, JOINTS));
  }

  #grip(command: number): void {
    if (command === 0) return;
    const opening = command < 0 ? OPEN / 2 : 0;
    this.#physics.array("ctrl").fill(opening, JOINTS, JOINTS + 2);
  }
}

/** The pose after the action's displacement and turn, both in the world's frame. */
function displaced({ position, rotation }: Pose, action: ArrayLike<number>): Pose {
  const part = (index: number): number => Math.max(-1, Math.min(1, action[index] ?? 0));
  const along = (axis: 0 | 1 | 2): number => {
    const [low, high] = BOUNDS[axis];
    const moved = position[axis] + part(axis) * ACTION_SCALE.position;
    // From outside of the bounds the way back is open, but not the way out.
    return Math.max(Math.min(low, position[axis]), Math.min(Math.max(high, position[axis]), moved));
  };
  const turn = fromRotationVector([
    part(3) * ACTION_SCALE.rotation,
    part(4) * ACTION_SCALE.rotation,
    part(5) * ACTION_SCALE.rotation,
  ]);
  return { position: [along(0), along(1), along(2)], rotation: unit(multiply(turn, rotation)) };
}

function unit(rotation: Pose["rotation"]): Pose["rotation"] {
  const length = Math.hypot(...rotation);
  if (length === 0) return IDENTITY;
  return [rotation[0] / length, rotation[1] / length, rotation[2] / length, rotation[3] / length];
}
