import type { Pose, WorldState } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import { ballNames } from "../world/balls.ts";
import { DIMENSIONS } from "./dimensions.ts";
import type { Dimensions } from "./dimensions.ts";
import { centreOf, halfExtent, rotate, rotateBack } from "./pose-geometry.ts";
import type { Goal, ObjectSpec } from "./types.ts";

/** How far an object may be from touching the surface that carries it, metres: contact is soft, and things rock. */
const TOUCH = 0.012;
/** A thing in a container must reach down below this share of its rim. */
const INSIDE = 0.6;
/** A stack stands on a level face only: cosine of the greatest tilt. */
const LEVEL = 0.95;
/** Of a cup's balls, these many must be in the target. */
const POURED = 2;

/**
 * Whether what `goal` asks for holds in this state. That things rest, and that the gripper has let go
 * (`needsRelease`), is for the environment to judge; an object that is held is never on, in or stacked.
 *
 * @param objects the task's, which say what kinds the named things are
 */
export function goalReached(goal: Goal, state: WorldState, objects: readonly ObjectSpec[]): boolean {
  const target = state.objects[goal.target];
  const targetSize = sizeOf(goal.target, objects);
  if (target === undefined || targetSize === undefined) return false;
  if (goal.kind === "poured") return ballsInside(goal, state, target, targetSize) >= POURED;
  if (state.holding === goal.object) return false;
  const object = state.objects[goal.object];
  const size = sizeOf(goal.object, objects);
  return object !== undefined && size !== undefined && isPlaced(goal, object, size, target, targetSize);
}

/** Whether success needs an open gripper too. A poured cup may stay in the hand. */
export function needsRelease(goal: Goal): boolean {
  return goal.kind !== "poured";
}

function isPlaced(goal: Goal, object: Pose, size: Dimensions, target: Pose, targetSize: Dimensions): boolean {
  const centre = centreOf(object, size);
  const lowest = centre[2] - halfExtent(object, size);
  if (goal.kind === "stacked") return carries(target, targetSize, centre, lowest);
  if (!isWithin(centre, target, targetSize)) return false;
  const height = lowest - target.position[2];
  if (goal.kind === "in") return height > -TOUCH && height < INSIDE * targetSize.height;
  return Math.abs(height - targetSize.surface) < TOUCH;
}

/** Whether a thing stands on a graspable one, which need not stand itself: a carton carries on its sides too. */
function carries(target: Pose, size: Dimensions, centre: Vector3, lowest: number): boolean {
  const axes: readonly Vector3[] = [
    [0, 0, 1],
    ...(size.round
      ? []
      : ([
          [1, 0, 0],
          [0, 1, 0],
        ] as const)),
  ];
  if (axes.every((axis) => Math.abs(rotate(target, axis)[2]) < LEVEL)) return false;
  const middle = centreOf(target, size);
  const top = middle[2] + halfExtent(target, size);
  return (
    Math.hypot(centre[0] - middle[0], centre[1] - middle[1]) < size.half[0] && Math.abs(lowest - top) < TOUCH
  );
}

function ballsInside(goal: Goal, state: WorldState, target: Pose, size: Dimensions): number {
  let count = 0;
  for (const name of ballNames(goal.object)) {
    const ball = state.objects[name];
    if (ball === undefined) continue;
    const height = ball.position[2] - target.position[2];
    if (height > 0 && height < size.height && isWithin(ball.position, target, size)) count += 1;
  }
  return count;
}

/** Whether a point is above the target's outline. */
function isWithin(point: Vector3, target: Pose, { half, round }: Dimensions): boolean {
  const { position } = target;
  const [x, y] = rotateBack(target, [point[0] - position[0], point[1] - position[1], 0]);
  if (round) return Math.hypot(x, y) < half[0];
  return Math.abs(x) < half[0] && Math.abs(y) < half[1];
}

function sizeOf(name: string, objects: readonly ObjectSpec[]): Dimensions | undefined {
  const kind = objects.find((object) => object.name === name)?.kind;
  return kind === undefined ? undefined : DIMENSIONS[kind];
}
