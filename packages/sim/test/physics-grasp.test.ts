import assert from "node:assert/strict";
import type { Tabletop } from "../src/environment/types.ts";
import { DIMENSIONS } from "../src/tasks/dimensions.ts";
import type { ObjectKind } from "../src/tasks/types.ts";
import { toRotationVector } from "../src/world/rotations.ts";
import { goTo, graspAt, repeat, standing, start, STILL_CLOSED, STILL_OPEN, taskOf } from "./support/scene.ts";

const GRASPABLE: readonly ObjectKind[] = ["cube", "can", "bottle", "cup", "carton"];

describe("grasping", () => {
  for (const kind of GRASPABLE)
    for (const [x, y] of [
      [0.05, 0.02],
      [0.18, -0.22],
    ] as const)
      it(`lifts a ${kind} at ${String(x)}, ${String(y)}, carries it and lets it go`, async () => {
        const tabletop = await start(taskOf([standing("thing", kind, x, y)]));
        try {
          graspAt(tabletop, x, y, DIMENSIONS[kind].grasp?.height ?? 0);
          assert.equal(tabletop.state().holding, "thing");
          const before = relative(tabletop);
          goTo(tabletop, [0, 0.1, 0.25], 1);
          repeat(tabletop, STILL_CLOSED, 20);
          const slip = Math.hypot(...relative(tabletop).map((value, axis) => value - (before[axis] ?? 0)));
          assert.ok(slip < 0.002, `slipped ${String(slip)} m`);
          goTo(tabletop, [0, 0.1, (DIMENSIONS[kind].grasp?.height ?? 0) + 0.004], 1, 0.5);
          repeat(tabletop, STILL_OPEN, 5);
          goTo(tabletop, [0, 0.1, 0.25], -1);
          const { position, rotation } = tabletop.state().objects["thing"] ?? assert.fail();
          assert.equal(tabletop.state().holding, null);
          assert.ok(Math.hypot(position[0], position[1] - 0.1) < 0.01, position.join());
          assert.ok(Math.abs(position[2]) < 0.001);
          const [tiltX, tiltY] = toRotationVector(rotation);
          assert.ok(Math.hypot(tiltX, tiltY) < 0.02, "fell over");
        } finally {
          tabletop.dispose();
        }
      });

  it("lifts a cube that stands at any yaw, with or without turning to it", async () => {
    for (let seed = 0; seed < 8; seed += 1) {
      const tabletop = await start(taskOf([standing("thing", "cube", 0.05, 0)]), { seed });
      graspAt(tabletop, 0.05, 0, 0.02);
      assert.equal(tabletop.state().holding, "thing", `seed ${String(seed)}`);
      tabletop.dispose();
    }
  });

  it("holds nothing where nothing is between the fingers", async () => {
    const tabletop = await start(taskOf([standing("thing", "cube", 0.05, 0)]));
    repeat(tabletop, STILL_CLOSED, 5);
    assert.equal(tabletop.state().holding, null);
    assert.ok(tabletop.state().opening < 0.001);
    repeat(tabletop, STILL_OPEN, 5);
    assert.ok(Math.abs(tabletop.state().opening - 0.085) < 0.001);
    // Beside the cube, so that closing pushes it with one finger only.
    goTo(tabletop, [0.05, 0.06, 0.02], -1);
    repeat(tabletop, STILL_CLOSED, 5);
    assert.equal(tabletop.state().holding, null);
    tabletop.dispose();
  });

  it("pours three balls out of a tilted cup, and none out of an upright one", async () => {
    const objects = [standing("cup", "cup", 0, 0), standing("bowl", "bowl", 0.1, 0.15)];
    const tabletop = await start(taskOf(objects, [{ kind: "poured", object: "cup", target: "bowl" }]));
    graspAt(tabletop, 0, 0, 0.045);
    assert.equal(tabletop.state().holding, "cup");
    assert.equal(inside(tabletop), 3, "lifted upright");
    for (let step = 0; step < 16; step += 1) tabletop.step([0, 0, 0, -1, 0, 0, 1]);
    repeat(tabletop, STILL_CLOSED, 8);
    assert.equal(inside(tabletop), 0);
    assert.equal(tabletop.state().holding, "cup");
    tabletop.dispose();
  });
});

/** Balls within a cup's height of the cup. */
function inside(tabletop: Tabletop): number {
  const { objects } = tabletop.state();
  const cup = objects["cup"]?.position ?? [0, 0, 0];
  return [0, 1, 2].filter((index) => {
    const ball = objects[`cup#${String(index)}`]?.position ?? [9, 9, 9];
    return Math.hypot(ball[0] - cup[0], ball[1] - cup[1], ball[2] - cup[2]) < 0.06;
  }).length;
}

/** The thing's place, seen from the effector. */
function relative(tabletop: Tabletop): number[] {
  const { effector, objects } = tabletop.state();
  return effector.position.map((value, axis) => (objects["thing"]?.position[axis] ?? 0) - value);
}
