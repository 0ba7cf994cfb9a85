import type { WorldState } from "../environment/types.ts";
import { goalReached } from "../tasks/goal-reached.ts";
import type { Task } from "../tasks/types.ts";
import { IDENTITY } from "../world/rotations.ts";
import { approach } from "./approach.ts";
import { carry } from "./carry.ts";
import { isBetweenFingers, isGripped } from "./grasp.ts";
import { pour } from "./pour.ts";
import { thingsOf } from "./things.ts";
import type { Intent, Scene, Thing } from "./types.ts";

/** Opened wider than a thing by this much, the hand has let it go, metres. */
const LET_GO = 0.02;
/** Where the hand waits when all is done, metres above the table. */
const REST = 0.2;

/** What the expert wants in this state. */
export function intentOf(state: WorldState, task: Task): Intent {
  const things = thingsOf(state, task);
  const scene = sceneOf(state, task, things);
  const gripped = things.find((thing) => thing.size.grasp !== undefined && isGripped(state, thing));
  const caught = things.find((thing) => isCaught(state, thing));
  if (scene === null) return finish(state, task, gripped ?? caught);
  if (gripped?.name === scene.object.name) return scene.goal.kind === "poured" ? pour(scene) : carry(scene);
  if ((gripped ?? caught ?? scene.object).name !== scene.object.name) return letGo(state);
  return approach(scene);
}

/** The first goal from the state's own on that does not hold, and what it is about; `null` when there is none. */
function sceneOf(state: WorldState, task: Task, things: readonly Thing[]): Scene | null {
  const goal = task.goals.slice(state.goal).find((candidate) => !goalReached(candidate, state, task.objects));
  if (goal === undefined) return null;
  const named = (name: string): Thing | undefined => things.find((thing) => thing.name === name);
  const [object, target] = [named(goal.object), named(goal.target)];
  if (object === undefined || target === undefined) return null;
  return { state, task, things, goal, object, target };
}

/** All is done, or nothing can be: off what was put down. A cup that was poured stays in the hand, upright again. */
function finish(state: WorldState, task: Task, inHand: Thing | undefined): Intent {
  const [x, y, z] = state.effector.position;
  const last = task.goals.at(-1);
  if (last?.kind === "poured" && inHand?.name === last.object)
    return { position: [x, y, z], rotation: IDENTITY, gripper: 1 };
  if (inHand !== undefined) return letGo(state);
  return { position: [x, y, Math.max(z, REST)], rotation: IDENTITY, gripper: -1 };
}

/** Opens on the spot. */
function letGo({ effector }: WorldState): Intent {
  return { position: effector.position, rotation: effector.rotation, gripper: -1 };
}

/** Whether the fingers are around a thing and not yet open. */
function isCaught(state: WorldState, thing: Thing): boolean {
  const width = thing.size.grasp?.width ?? 0;
  return state.opening < width + LET_GO && isBetweenFingers(state, thing);
}
