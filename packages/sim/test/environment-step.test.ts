import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import { ACTION_SCALE } from "../src/environment/action-scale.ts";
import type { Tabletop } from "../src/environment/types.ts";
import { fromRotationVector, inverse, multiply, toRotationVector } from "../src/world/rotations.ts";
import { goTo, repeat, standing, start, STILL_OPEN, taskOf } from "./support/scene.ts";

const scene = taskOf([standing("cube", "cube", 0.15, 0.1), standing("can", "can", 0.15, -0.1)]);

describe("a control step", () => {
  const places = [
    [-0.1, 0, 0.22],
    [0.15, 0.2, 0.2],
    [0, -0.2, 0.12],
  ] as const;
  for (const place of places)
    it(`moves the effector as far as the action asks, at ${place.join(", ")}`, async () => {
      const tabletop = await start(scene);
      goTo(tabletop, place, -1);
      repeat(tabletop, STILL_OPEN, 3);
      for (let part = 0; part < 6; part += 1)
        for (const size of [1, -1, -0.3, 0.3]) {
          const before = tabletop.state().effector;
          tabletop.step(Array.from({ length: 7 }, (_, index) => (index === part ? size : 0)));
          const after = tabletop.state().effector;
          const moved = after.position.map((value, axis) => value - (before.position[axis] ?? 0));
          const turned = toRotationVector(multiply(after.rotation, inverse(before.rotation)));
          const done = [
            ...moved.map((value) => value / ACTION_SCALE.position),
            ...turned.map((value) => value / ACTION_SCALE.rotation),
          ];
          for (const [index, value] of done.entries()) {
            const asked = index === part ? size : 0;
            assert.ok(
              Math.abs(value - asked) < 0.15 * Math.abs(size),
              `part ${String(part)}: ${done.join()}`,
            );
          }
          // What is left of the motion must not count for the next part.
          repeat(tabletop, STILL_OPEN, 2);
        }
      tabletop.dispose();
    });

  it("holds still where nothing is asked", async () => {
    const tabletop = await start(scene);
    goTo(tabletop, [0.15, 0.2, 0.1], -1);
    repeat(tabletop, STILL_OPEN, 2);
    const before = tabletop.state().effector;
    repeat(tabletop, STILL_OPEN, 100);
    const after = tabletop.state().effector;
    for (const axis of [0, 1, 2] as const)
      assert.ok(Math.abs(after.position[axis] - before.position[axis]) < 0.0005);
    const turned = toRotationVector(multiply(after.rotation, inverse(before.rotation)));
    assert.ok(Math.hypot(...turned) < 0.002);
    tabletop.dispose();
  });

  it("clips what is beyond −1 … 1, and stops at the table", async () => {
    const tabletop = await start(scene);
    const before = tabletop.state().effector.position;
    tabletop.step([50, 0, 0, 0, 0, 0, -1]);
    const after = tabletop.state().effector.position;
    assert.ok(after[0] - before[0] < 0.03);
    repeat(tabletop, [0, 0, -1, 0, 0, 0, -1], 15);
    const { position } = tabletop.state().effector;
    assert.ok(position[2] > 0 && position[2] < 0.01, position.join());
    tabletop.dispose();
  });

  it("keeps the gripper as it is at 0", async () => {
    const tabletop = await start(scene);
    repeat(tabletop, [0, 0, 0, 0, 0, 0, 0], 3);
    assert.ok(tabletop.state().opening > 0.084);
    repeat(tabletop, [0, 0, 0, 0, 0, 0, 0.1], 5);
    repeat(tabletop, [0, 0, 0, 0, 0, 0, 0], 3);
    assert.ok(tabletop.state().opening < 0.001);
    tabletop.dispose();
  });

  it("leaves what nobody touches where it stands", async () => {
    const kinds = ["cube", "can", "bottle", "cup", "carton"] as const;
    const tabletop = await start(
      taskOf(kinds.map((kind, index) => standing(kind, kind, 0.1, index * 0.1 - 0.2))),
    );
    const before = tabletop.state().objects;
    repeat(tabletop, STILL_OPEN, 100);
    for (const [name, { position, rotation }] of Object.entries(tabletop.state().objects)) {
      const first = before[name] ?? assert.fail();
      const way = Math.hypot(...position.map((value, axis) => value - (first.position[axis] ?? 0)));
      assert.ok(way < 0.0005, `${name} moved ${String(way)} m`);
      const turn = Math.hypot(...toRotationVector(multiply(rotation, inverse(first.rotation))));
      assert.ok(turn < 0.05, `${name} turned ${String(turn)}`);
    }
    tabletop.dispose();
  });

  it("refuses actions that are none", async () => {
    const tabletop = await start(scene);
    const refused = (action: unknown): void =>
      assert.throws(
        () => tabletop.step(action as number[]),
        (error) => VlaPrunerError.is(error, "action-invalid"),
      );
    refused([0, 0, 0, 0, 0, 0]);
    refused([0, 0, 0, 0, 0, 0, Number.NaN]);
    refused([0, 0, Infinity, 0, 0, 0, 0]);
    refused(undefined);
    refused(["0", 0, 0, 0, 0, 0, 0]);
    assert.equal(tabletop.steps, 0);
    tabletop.step(new Float32Array(7));
    assert.equal(tabletop.steps, 1);
    tabletop.dispose();
  });

  it("ends at the horizon, and not later", async () => {
    const tabletop = await start({ ...scene, horizon: 2 });
    assert.deepEqual(tabletop.step(STILL_OPEN), { success: false, done: false });
    assert.deepEqual(tabletop.step(STILL_OPEN), { success: false, done: true });
    assert.throws(
      () => tabletop.step(STILL_OPEN),
      (error) => VlaPrunerError.is(error, "usage"),
    );
    tabletop.dispose();
  });

  it("is refused after dispose, which may be called twice", async () => {
    const tabletop = await start(scene);
    tabletop.dispose();
    tabletop.dispose();
    const calls: ((of: Tabletop) => unknown)[] = [
      (of) => of.step(STILL_OPEN),
      (of) => of.state(),
      (of) => of.observe(),
      (of) => of.snapshot(),
    ];
    for (const call of calls)
      assert.throws(
        () => call(tabletop),
        (error) => VlaPrunerError.is(error, "disposed"),
      );
  });

  it("turns about the world's axes", async () => {
    const tabletop = await start(scene);
    repeat(tabletop, [0, 0, 0, 0, 0, 1, -1], 5);
    repeat(tabletop, [0, 0, 0, 1, 0, 0, -1], 2);
    repeat(tabletop, STILL_OPEN, 2);
    const { rotation } = tabletop.state().effector;
    const expected = multiply(fromRotationVector([0.3, 0, 0]), fromRotationVector([0, 0, 0.75]));
    assert.ok(Math.hypot(...toRotationVector(multiply(rotation, inverse(expected)))) < 0.03);
    tabletop.dispose();
  });
});
