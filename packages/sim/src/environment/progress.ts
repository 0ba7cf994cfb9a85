import { goalReached, needsRelease } from "../tasks/goal-reached.ts";
import type { Goal, Task } from "../tasks/types.ts";
import type { WorldState } from "./types.ts";

/** Slower than this rests, metres a second: less than a millimetre and a half a control step. */
const REST = 0.015;

/** What judging goals takes beside the state. */
export interface Motion {
  readonly touched: ReadonlySet<string>;
  speed(name: string): number;
  /** Speed that the world itself gives to things, metres a second. */
  readonly drift: number;
}

/**
 * The first goal that is not reached yet, given the one before this step: goals are reached in order and stay reached,
 * until all are; then those that were undone count again.
 */
export function nextGoal(task: Task, state: WorldState, motion: Motion): number {
  let { goal } = state;
  while (goal < task.goals.length && isReached(task.goals[goal], task, state, motion)) goal += 1;
  if (goal < task.goals.length) return goal;
  const undone = task.goals.findIndex((done) => !goalReached(done, state, task.objects));
  return undone < 0 ? goal : undone;
}

function isReached(goal: Goal | undefined, task: Task, state: WorldState, motion: Motion): boolean {
  if (goal === undefined || !goalReached(goal, state, task.objects)) return false;
  if (!needsRelease(goal)) return true;
  const rest = REST + motion.drift;
  return !motion.touched.has(goal.object) && motion.speed(goal.object) < rest;
}
