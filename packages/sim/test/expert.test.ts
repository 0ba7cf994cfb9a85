import assert from "node:assert/strict";
import { SUITES, expertAction, expertChunk, taskNamed } from "@vla-pruner/sim";
import type { Pose, Task, WorldState } from "@vla-pruner/sim";
import { foresee } from "../src/expert/foresee.ts";
import { rotate } from "../src/tasks/pose-geometry.ts";
import { firstState, turnedBy } from "./support/kinematic-world.ts";

const tasks = Object.values(SUITES).flat();
const SEEDS = 15;

/** States on the expert's way through the kinematic world. */
function* wayOf(task: Task, start: WorldState): Generator<WorldState> {
  let state = start;
  for (let step = 0; step < task.horizon; step += 1) {
    yield state;
    state = foresee(state, expertAction(state, task), task);
  }
  yield state;
}

function lastOf(task: Task, start: WorldState): WorldState {
  let last = start;
  for (const state of wayOf(task, start)) last = state;
  return last;
}

function withObject(state: WorldState, name: string, pose: Pose): WorldState {
  return { ...state, objects: { ...state.objects, [name]: pose } };
}

const at = (x: number, y: number): Pose => ({ position: [x, y, 0], rotation: [1, 0, 0, 0] });

/** 47 mm closer to the robot: farther off than where an upright hand would tilt this much. */
function movedBack({ position: [x, y, z], rotation }: Pose): Pose {
  return { position: [x - 0.047, y, z], rotation };
}

describe("the expert", () => {
  for (const task of tasks) {
    it(`solves ${task.name} in the kinematic world and lets go`, () => {
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const end = lastOf(task, firstState(task, seed));
        assert.equal(end.goal, task.goals.length, `seed ${seed}`);
        if (task.goals.at(-1)?.kind !== "poured") assert.equal(end.opening, 0.085);
      }
    });
  }

  it("stays within −1 … 1, moves no faster sideways than straight, and leaves the state alone", () => {
    for (const task of tasks) {
      for (const state of wayOf(task, firstState(task, 3))) {
        const before = structuredClone(state);
        const action = expertAction(state, task);
        assert.equal(action.length, 7);
        assert.ok(
          action.every((value) => Math.abs(value) <= 1 + 1e-12),
          String(action),
        );
        assert.ok(Math.hypot(action[0] ?? 0, action[1] ?? 0) <= 1 + 1e-12);
        assert.ok(action[6] === 1 || action[6] === -1);
        assert.deepEqual(state, before);
      }
    }
  });

  it("foresees a chunk: its first action is the expert's, and the rest go on from there", () => {
    for (const task of tasks) {
      const state = firstState(task, 1);
      const chunk = expertChunk(state, task, 24);
      assert.deepEqual(chunk[0], expertAction(state, task));
      assert.equal(chunk.length, 24);
      let now = state;
      for (const action of chunk) {
        assert.deepEqual(action, expertAction(now, task));
        now = foresee(now, action, task);
      }
    }
    const [task] = tasks;
    assert.ok(task !== undefined);
    assert.deepEqual(expertChunk(firstState(task, 0), task, 0), []);
  });

  it("opens before it goes down, and takes a thing that was dropped again", () => {
    const task = taskNamed("goal/can-on-pad");
    for (const fingers of [0, 0.03, 0.06]) {
      const start = { ...firstState(task, 2), opening: fingers };
      assert.equal(expertAction(start, task)[6], -1);
      assert.equal(lastOf(task, start).goal, 1);
    }
    const inHand = [...wayOf(task, firstState(task, 2))].find(({ holding }) => holding !== null);
    assert.ok(inHand !== undefined);
    const opened = foresee(inHand, [0, 0, 0, 0, 0, 0, -1], task);
    assert.equal(opened.holding, null);
    assert.equal(lastOf(task, opened).goal, 1);
  });

  it("takes a thing as it lies, across its axis", () => {
    const task = taskNamed("goal/bottle-on-pad");
    for (const yaw of [-1.2, 0, 0.7, 1.5]) {
      const state = firstState(task, 4);
      const [x, y] = state.objects["purple-bottle"]?.position ?? [0, 0];
      const rotation = turnedBy(yaw, Math.SQRT1_2);
      const end = lastOf(task, withObject(state, "purple-bottle", { position: [x, y, 0.022], rotation }));
      assert.equal(end.goal, 1, `yaw ${yaw}`);
      const cube: Pose = { position: [x, y, 0.0225], rotation };
      const away: Pose = { position: [-0.1, -0.1, 0], rotation: [1, 0, 0, 0] };
      const inBowl = withObject(withObject(state, "purple-bottle", away), "red-cube", cube);
      assert.equal(lastOf(taskNamed("goal/cube-in-bowl"), inBowl).goal, 1, `cube, yaw ${yaw}`);
    }
  });

  it("does not turn for a box that stands nearly straight, and rises while it closes", () => {
    const task = taskNamed("goal/cube-in-bowl");
    const start = firstState(task, 4);
    const [x, y] = start.objects["red-cube"]?.position ?? [0, 0];
    for (const yaw of [-0.19, 0.19]) {
      const turned = withObject(start, "red-cube", { position: [x, y, 0], rotation: turnedBy(yaw) });
      assert.equal(expertAction(turned, task)[5], 0);
      const around: WorldState = { ...turned, effector: { ...turned.effector, position: [x, y, 0.012] } };
      const [, , up = 0, , , , gripper] = expertAction(around, task);
      assert.ok(up > 0.2 && up < 1, String(up));
      assert.equal(gripper, 1);
    }
    const askew = withObject(start, "red-cube", { position: [x, y, 0], rotation: turnedBy(0.5) });
    assert.ok((expertAction(askew, task)[5] ?? 0) > 0.2);
  });

  it("lets go above the end, before which it does not slow down to nothing", () => {
    const task = taskNamed("goal/can-on-pad");
    const way = [...wayOf(task, firstState(task, 2))];
    const letsGo = way.findIndex((state) => state.holding !== null && expertAction(state, task)[6] === -1);
    const [before, opening] = [way[letsGo - 1], way[letsGo]];
    assert.ok(before !== undefined && opening !== undefined);
    assert.ok((expertAction(before, task)[2] ?? 0) < -0.4);
    assert.ok((opening.objects["green-can"]?.position[2] ?? 0) > 0.004 + 0.003);
  });

  it("goes on pouring from where an upright hand would only come closer", () => {
    const task = taskNamed("goal/pour-cup");
    const way = [...wayOf(task, firstState(task, 2))];
    const pouring = way.find(
      (state) => state.holding !== null && (rotate(state.effector, [0, 0, 1])[2] ?? 1) < 0.6,
    );
    assert.ok(pouring !== undefined);
    const moved: WorldState = {
      ...pouring,
      effector: movedBack(pouring.effector),
      objects: Object.fromEntries(
        Object.entries(pouring.objects).map(([name, pose]) => [
          name,
          name.startsWith("orange-cup") ? movedBack(pose) : pose,
        ]),
      ),
    };
    const [rx = 0, ry = 0] = expertAction(pouring, task).slice(3);
    const [sx = 0, sy = 0] = expertAction(moved, task).slice(3);
    assert.ok(rx * sx + ry * sy > 0, "tilts on, not back");
  });

  it("lets go of what the goal is not about", () => {
    const task = taskNamed("goal/can-on-pad");
    const inHand = [...wayOf(taskNamed("goal/cube-in-bowl"), firstState(task, 5))].find(
      (state) => state.holding,
    );
    assert.equal(inHand?.holding, "red-cube");
    assert.ok(inHand !== undefined);
    assert.deepEqual(expertAction(inHand, task).slice(0, 3), [0, 0, 0]);
    assert.equal(expertAction(inHand, task)[6], -1);
    assert.equal(lastOf(task, inHand).goal, 1);
  });

  it("carries over what stands in the way", () => {
    const task = taskNamed("goal/can-on-pad");
    const start = firstState(task, 0);
    const state: WorldState = {
      ...start,
      objects: {
        ...start.objects,
        "green-can": at(0, 0.12),
        "purple-bottle": at(0, -0.02),
        pad: at(0, -0.17),
      },
    };
    const passed = [...wayOf(task, state)].filter(
      ({ holding, effector }) => holding !== null && Math.abs(effector.position[1] + 0.02) < 0.045,
    );
    assert.ok(passed.length > 0);
    for (const { objects } of passed) assert.ok((objects["green-can"]?.position[2] ?? 0) > 0.14);
  });

  it("rises with an open hand when all is done, and when there is nothing to do", () => {
    const task = taskNamed("goal/can-on-pad");
    const start = firstState(task, 6);
    const done: WorldState = { ...start, goal: 1, effector: { ...start.effector, position: [0, 0, 0.05] } };
    assert.deepEqual(expertAction(done, task), [0, 0, 1, 0, 0, 0, -1]);
    const { "green-can": _, ...objects } = done.objects;
    assert.deepEqual(expertAction({ ...done, goal: 0, objects }, task), [0, 0, 1, 0, 0, 0, -1]);
  });
});
