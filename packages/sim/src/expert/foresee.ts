import { ACTION_SCALE } from "../environment/action-scale.ts";
import type { Pose, WorldState } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import { OPEN } from "../robot/gripper.ts";
import { goalReached } from "../tasks/goal-reached.ts";
import { centreOf, halfExtent, pointOf, rotate, rotateBack } from "../tasks/pose-geometry.ts";
import type { Task } from "../tasks/types.ts";
import { ballNames } from "../world/balls.ts";
import { fromRotationVector, inverse, multiply } from "../world/rotations.ts";
import { isBetweenFingers, isGripped } from "./grasp.ts";
import { thingsOf } from "./things.ts";
import type { Thing } from "./types.ts";

/** How far the fingers come in one control step, metres. */
const FINGERS = 0.05;
/** Cosine of the tilt beyond which a cup runs empty. */
const EMPTY = -0.2;
/** The hand's distance from a target's middle within which the balls fall into it, and where they lie there. Metres. */
const ABOVE = 0.05;
const BALL_HEIGHT = 0.013;

/** The state one control step on, by kinematics alone. */
export function foresee(state: WorldState, action: readonly number[], task: Task): WorldState {
  const [dx = 0, dy = 0, dz = 0, rx = 0, ry = 0, rz = 0, gripper = 0] = action;
  const { position, rotation } = state.effector;
  const { position: metres, rotation: radians } = ACTION_SCALE;
  const effector: Pose = {
    position: [position[0] + dx * metres, position[1] + dy * metres, Math.max(0, position[2] + dz * metres)],
    rotation: multiply(fromRotationVector([rx * radians, ry * radians, rz * radians]), rotation),
  };
  const things = thingsOf(state, task);
  const gripped = things.find((thing) => thing.size.grasp !== undefined && isGripped(state, thing));
  const between =
    gripped ?? things.find((thing) => thing.size.grasp !== undefined && isBetweenFingers(state, thing));
  const width = between?.size.grasp?.width ?? 0;
  const opening =
    gripper > 0
      ? Math.min(state.opening, Math.max(width, state.opening - FINGERS))
      : Math.min(OPEN, state.opening + FINGERS);
  const holding = gripped !== undefined && gripper > 0 ? gripped.name : null;
  let { objects } = state;
  if (gripped !== undefined && holding !== null) {
    const moved = moveAlong(gripped.pose, state.effector, effector);
    objects = { ...objects, ...moveBalls(state, effector, holding, task), [holding]: moved };
  } else if (gripped !== undefined) {
    objects = { ...objects, [gripped.name]: drop(gripped, things) };
  }
  const next = { effector, opening, holding, objects, goal: state.goal };
  const goal = task.goals.findIndex(
    (candidate, index) => index >= state.goal && !goalReached(candidate, next, task.objects),
  );
  return { ...next, goal: goal < 0 ? task.goals.length : goal };
}

/** A body that is fixed to another one, after that moved. */
function moveAlong(body: Pose, before: Pose, after: Pose): Pose {
  const offset: Vector3 = [
    body.position[0] - before.position[0],
    body.position[1] - before.position[1],
    body.position[2] - before.position[2],
  ];
  return {
    position: pointOf(after, rotateBack(before, offset)),
    rotation: multiply(after.rotation, multiply(inverse(before.rotation), body.rotation)),
  };
}

/** Straight down onto what is below. */
function drop(thing: Thing, things: readonly Thing[]): Pose {
  const { pose, size } = thing;
  const [x, y, z] = centreOf(pose, size);
  const lowest = z - halfExtent(pose, size);
  let support = 0;
  for (const other of things) {
    if (other.name === thing.name) continue;
    const centre = centreOf(other.pose, other.size);
    const inside =
      Math.abs(x - centre[0]) < other.size.half[0] && Math.abs(y - centre[1]) < other.size.half[1];
    const top = other.size.hollow
      ? other.pose.position[2] + other.size.surface
      : centre[2] + halfExtent(other.pose, other.size);
    if (inside && top < lowest + 0.01) support = Math.max(support, top);
  }
  return {
    ...pose,
    position: [pose.position[0], pose.position[1], pose.position[2] + support - lowest],
  };
}

/** The balls go with their cup, and out of it where it is tilted above what the task pours it into. */
function moveBalls(state: WorldState, effector: Pose, cup: string, task: Task): Record<string, Pose> {
  const goal = task.goals.find(({ kind, object }) => kind === "poured" && object === cup);
  const target = state.objects[goal?.target ?? ""];
  const isPoured =
    target !== undefined && rotate(effector, [0, 0, 1])[2] < EMPTY && isAbove(effector, target);
  const moved: Record<string, Pose> = {};
  for (const name of ballNames(cup)) {
    const ball = state.objects[name];
    if (ball === undefined) continue;
    moved[name] = isPoured
      ? { position: pointOf(target, [0, 0, BALL_HEIGHT]), rotation: ball.rotation }
      : moveAlong(ball, state.effector, effector);
  }
  return moved;
}

function isAbove({ position: [x, y] }: Pose, target: Pose): boolean {
  return Math.hypot(x - target.position[0], y - target.position[1]) < ABOVE;
}
