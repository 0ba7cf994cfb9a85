import { TabletopEpisode } from "../../src/environment/tabletop-episode.ts";
import type { EpisodeOptions, Pose, Tabletop } from "../../src/environment/types.ts";
import { loadMujoco, type MujocoModule } from "../../src/mujoco/load-mujoco.ts";
import type { Goal, ObjectKind, ObjectSpec, Task } from "../../src/tasks/types.ts";

let shared: Promise<MujocoModule> | undefined;

/** An object that stands at one point. */
export function standing(name: string, kind: ObjectKind, x: number, y: number, colour = "red"): ObjectSpec {
  return { name, kind, colour, region: { x: [x, x], y: [y, y] } };
}

export function taskOf(objects: readonly ObjectSpec[], goals: readonly Goal[] = [], horizon = 400): Task {
  const [first, second = first] = objects.map(({ name }) => name);
  const goal: Goal = { kind: "stacked", object: first ?? "", target: second ?? "" };
  return {
    suite: "test",
    name: "test/task",
    wordings: ["do it", "do it now"],
    objects,
    goals: goals.length === 0 ? [goal] : goals,
    horizon,
  };
}

/** An episode of any task, also of one that `parseTask` would refuse. */
export async function start(task: Task, options: Partial<EpisodeOptions> = {}): Promise<Tabletop> {
  // One module for all tests: loading takes its time.
  shared ??= loadMujoco();
  return new TabletopEpisode(await shared, task, { seed: 2, size: 32, ...options });
}

/** Goes straight to a point at `speed` of an action, with the gripper as commanded; returns when it is there. */
export function goTo(tabletop: Tabletop, position: Pose["position"], gripper: number, speed = 1): void {
  for (let step = 0; step < 80; step += 1) {
    const at = tabletop.state().effector.position;
    const way = position.map((value, axis) => (value - (at[axis] ?? 0)) / 0.025);
    const largest = Math.max(...way.map(Math.abs));
    if (largest < 0.04) return;
    const scale = Math.min(1, speed / largest);
    tabletop.step([...way.map((part) => part * scale), 0, 0, 0, gripper]);
  }
}

/** Repeats one action. */
export function repeat(tabletop: Tabletop, action: readonly number[], times: number): void {
  for (let step = 0; step < times; step += 1) tabletop.step(action);
}

export const STILL_OPEN: readonly number[] = [0, 0, 0, 0, 0, 0, -1];
export const STILL_CLOSED: readonly number[] = [0, 0, 0, 0, 0, 0, 1];

/** Grasps what stands at `x`, `y` at `height`, and lifts it by 15 cm. */
export function graspAt(tabletop: Tabletop, x: number, y: number, height: number): void {
  goTo(tabletop, [x, y, 0.2], -1);
  goTo(tabletop, [x, y, height], -1);
  repeat(tabletop, STILL_CLOSED, 5);
  goTo(tabletop, [x, y, height + 0.15], 1);
}

/** What both cameras see now. */
export function pictures(tabletop: Tabletop): Uint8Array[] {
  return Object.values(tabletop.observe().images).map(({ data }) => data);
}
