import type { Vector3 } from "../render/types.ts";
import { centreOf, halfExtent, pointOf } from "../tasks/pose-geometry.ts";
import { IDENTITY } from "../world/rotations.ts";
import { clearanceHeight } from "./clearance.ts";
import { glide } from "./glide.ts";
import type { Intent, Scene } from "./types.ts";

/** A thing is let go this far above what it comes to stand on, metres, */
const ABOVE = 0.003;
/** unless the fingers would go deeper than this below a container's rim. */
const DEPTH = 0.012;
/** Height between a thing's lowest point and what it must pass over. */
const PASS = 0.02;
/** Off its place by less, metres, a thing sinks to it; by twice that, it is let go there: stacks need care. */
const AIM = { on: 0.012, in: 0.012, stacked: 0.005, poured: 0.005 } as const;
/** Higher than its end by less, metres, it is let go. */
const LOW = { on: 0.015, in: 0.015, stacked: 0.009, poured: 0.009 } as const;
/** It sinks as if to this much below its end, metres: who sees it too high is not stopped short by small steps. */
const PRESS = 0.01;
/** Two things that go into one container go this far from its middle, metres. */
const APART = 0.04;

/** With the object in the hand: up, over to the target, down, and let go. */
export function carry(scene: Scene): Intent {
  const { state, object, target, things } = scene;
  const hand = state.effector.position;
  const centre = centreOf(object.pose, object.size);
  const lowest = centre[2] - halfExtent(object.pose, object.size);
  const place = placeOf(scene);
  const surface = place[2] + ABOVE;
  const rim = target.pose.position[2] + target.size.height;
  const end = target.size.hollow ? Math.max(surface, rim - DEPTH - (hand[2] - lowest)) : surface;
  const from: Vector3 = [centre[0], centre[1], lowest];
  const aim = AIM[scene.goal.kind];
  const next = glide({
    from,
    to: [place[0], place[1], end - PRESS],
    aim,
    clear: Math.max(rim, place[2]) - end + PRESS + PASS,
    surroundings: clearanceHeight(state, things, [object, target]),
  });
  const off = Math.hypot(place[0] - centre[0], place[1] - centre[1]);
  if (off < 2 * aim && lowest - end < LOW[scene.goal.kind])
    return { position: hand, rotation: state.effector.rotation, gripper: -1 };
  const position: Vector3 = [
    hand[0] + next[0] - from[0],
    hand[1] + next[1] - from[1],
    hand[2] + next[2] - from[2],
  ];
  return { position, rotation: IDENTITY, gripper: 1 };
}

/** Where the object's lowest point should come. */
function placeOf({ goal, task, target, object }: Scene): Vector3 {
  const { pose, size } = target;
  if (goal.kind === "stacked") {
    const [x, y, z] = centreOf(pose, size);
    return [x, y, z + halfExtent(pose, size)];
  }
  const shared = task.goals.filter((other) => other.kind === "in" && other.target === goal.target);
  const order = shared.findIndex((other) => other.object === object.name);
  const offset = shared.length === 2 && !size.round ? (order === 0 ? APART : -APART) : 0;
  return pointOf(pose, [offset, 0, size.surface]);
}
