import type { WorldState } from "../environment/types.ts";
import { DIMENSIONS } from "../tasks/dimensions.ts";
import type { Task } from "../tasks/types.ts";
import type { Thing } from "./types.ts";

/** The task's objects where they are; those that the state lacks are left out. */
export function thingsOf({ objects }: WorldState, task: Task): Thing[] {
  const things: Thing[] = [];
  for (const { name, kind } of task.objects) {
    const pose = objects[name];
    if (pose !== undefined) things.push({ name, pose, size: DIMENSIONS[kind] });
  }
  return things;
}
