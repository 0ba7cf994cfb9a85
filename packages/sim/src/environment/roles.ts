import type { Task } from "../tasks/types.ts";
import { ballNames } from "../world/balls.ts";
import { GRIPPER_ID } from "../world/scene.ts";
import type { Role } from "./types.ts";

/** Which ids play which role under goal number `goal`; after the last goal, those of the last. */
export function rolesOf(
  task: Task,
  goal: number,
  ids: ReadonlyMap<string, number>,
): Record<Role, readonly number[]> {
  const current = task.goals[Math.min(goal, task.goals.length - 1)];
  const idsOf = (names: readonly string[]): number[] =>
    names.flatMap((name) => {
      const id = ids.get(name);
      return id === undefined ? [] : [id];
    });
  if (current === undefined) return { object: [], target: [], gripper: [GRIPPER_ID] };
  return {
    object: idsOf([current.object, ...ballNames(current.object)]),
    target: idsOf([current.target]),
    gripper: [GRIPPER_ID],
  };
}
