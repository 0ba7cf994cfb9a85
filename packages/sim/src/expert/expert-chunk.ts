import type { WorldState } from "../environment/types.ts";
import type { Task } from "../tasks/types.ts";
import { expertAction } from "./expert-action.ts";
import { foresee } from "./foresee.ts";

/**
 * What the expert does from here on: its action, and those in the states that they lead to by kinematics alone
 * (the effector goes where it is asked to, what is gripped goes with it, what is let go drops straight down).
 *
 * @returns `[length][7]`; the first is `expertAction(state, task)`
 */
export function expertChunk(state: WorldState, task: Task, length: number): number[][] {
  const chunk: number[][] = [];
  for (let now = state; chunk.length < length;) {
    const action = expertAction(now, task);
    chunk.push(action);
    if (chunk.length < length) now = foresee(now, action, task);
  }
  return chunk;
}
