import type { Pose, Task, WorldState } from "@vla-pruner/sim";
import { layOut } from "../../src/world/layout.ts";
import { ballNames } from "../../src/world/balls.ts";

/** Yaw about the vertical after a turn about y; `half` is the sine of half its angle. */
export function turnedBy(yaw: number, half = 0): Pose["rotation"] {
  const [c, s] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];

  const whole = Math.sqrt(1 - half * half);
  return [c * whole, -s * half, c * half, s * whole];
}

/** How episode `seed` of a task begins: things as the simulator lays them out, the hand at home, open. */
export function firstState(task: Task, seed: number): WorldState {
  const objects: Record<string, Pose> = {};
  for (const { spec, x, y, z, yaw } of layOut(task, seed)) {
    objects[spec.name] = { position: [x, y, z], rotation: turnedBy(yaw) };
    if (spec.kind !== "cup") continue;
    for (const ball of ballNames(spec.name))
      objects[ball] = { position: [x, y, z + 0.014], rotation: [1, 0, 0, 0] };
  }
  const effector: Pose = { position: [-0.1, 0, 0.22], rotation: [1, 0, 0, 0] };
  return { effector, opening: 0.085, holding: null, objects, goal: 0 };
}
