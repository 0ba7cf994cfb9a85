import type { Pose, WorldState } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import type { Dimensions } from "../tasks/dimensions.ts";
import type { Goal, Task } from "../tasks/types.ts";
import type { Quaternion } from "../world/rotations.ts";

/** What the expert wants of the next control step. */
export interface Intent {
  /** Where the effector should go, metres. */
  readonly position: Vector3;
  readonly rotation: Quaternion;
  /** −1 opens, 1 closes. */
  readonly gripper: -1 | 1;
}

/** A thing with its size, where it is now. */
export interface Thing {
  readonly name: string;
  readonly pose: Pose;
  readonly size: Dimensions;
}

/** All that a part of the expert looks at. */
export interface Scene {
  readonly state: WorldState;
  readonly task: Task;
  readonly things: readonly Thing[];
  readonly goal: Goal;
  /** The goal's object and target. */
  readonly object: Thing;
  readonly target: Thing;
}
