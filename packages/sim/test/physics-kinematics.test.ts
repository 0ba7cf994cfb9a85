import assert from "node:assert/strict";
import { loadMujoco } from "../src/mujoco/load-mujoco.ts";
import { Physics } from "../src/mujoco/physics.ts";
import { ARM_JOINTS, HAND } from "../src/robot/arm-chain.ts";
import { solveIk } from "../src/robot/inverse-kinematics.ts";
import { forward, jacobian } from "../src/robot/kinematics.ts";
import { buildScene } from "../src/world/scene.ts";
import { roomLook } from "../src/world/room.ts";
import {
  fromRotationVector,
  IDENTITY,
  inverse,
  multiply,
  rotate,
  toRotationVector,
} from "../src/world/rotations.ts";
import { seededRandom, uniform } from "../src/world/seeded-random.ts";
import { standing, taskOf } from "./support/scene.ts";

describe("the arm's kinematics", () => {
  it("are MuJoCo's", async () => {
    const scene = buildScene(taskOf([standing("cube", "cube", 0.1, 0)]), 2, roomLook(2));
    const physics = new Physics(await loadMujoco(), scene.mjcf);
    try {
      const random = seededRandom(1);
      for (let trial = 0; trial < 20; trial += 1) {
        const angles = ARM_JOINTS.map(({ range }) => uniform(random, ...range));
        physics.array("qpos").set(angles);
        physics.updatePoses();
        const body = physics.body("link6");
        const [x = 0, y = 0, z = 0] = physics.array("xpos").subarray(3 * body, 3 * body + 3);
        const [w = 1, a = 0, b = 0, c = 0] = physics.array("xquat").subarray(4 * body, 4 * body + 4);
        const [dx, dy, dz] = rotate([w, a, b, c], [0, 0, -HAND]);
        const pose = forward(angles);
        assertClose(pose.position, [x + dx, y + dy, z + dz]);
        assertClose(toRotationVector(multiply(pose.rotation, inverse([w, a, b, c]))), [0, 0, 0]);
      }
    } finally {
      physics.dispose();
    }
  });

  it("have the Jacobian of their differences", () => {
    const angles = [0.3, 0.5, 0.4, -0.2, 0.7, 0.1];
    const pose = forward(angles);
    const rows = jacobian(pose);
    for (const joint of angles.keys()) {
      const moved = forward(angles.map((angle, index) => (index === joint ? angle + 1e-6 : angle)));
      const turn = toRotationVector(multiply(moved.rotation, inverse(pose.rotation)));
      const change = [...moved.position.map((value, axis) => value - (pose.position[axis] ?? 0)), ...turn];
      assertClose(
        change.map((value) => value / 1e-6),
        rows.map((row) => row[joint] ?? 0),
        1e-5,
      );
    }
  });

  it("reach every place of the table, pointing down at any useful yaw", () => {
    for (const x of [-0.13, 0, 0.2])
      for (const y of [-0.25, 0, 0.25])
        for (const z of [0.01, 0.3])
          for (const yaw of [-0.8, 0, 0.8]) {
            const rotation = fromRotationVector([0, 0, yaw]);
            const target = { position: [x, y, z] as const, rotation };
            const reached = forward(solveIk([0, 0, 0, 0, 0, 0], target, { iterations: 100 }));
            assertClose(reached.position, target.position, 1e-4);
            const turn = toRotationVector(multiply(reached.rotation, inverse(rotation)));
            assertClose(turn, [0, 0, 0], 1e-3);
          }
  });

  it("stay within joint ranges and the given reach", () => {
    const target = { position: [2, 0, 0.2] as const, rotation: IDENTITY };
    const start = [0, 0.2, 0.2, 0, 0, 0];
    const angles = solveIk(start, target, { reach: 0.1 });
    for (const [joint, angle] of angles.entries())
      assert.ok(Math.abs(angle - (start[joint] ?? 0)) <= 0.1 + 1e-12);
    for (const [joint, angle] of solveIk(start, target, { iterations: 50 }).entries()) {
      const [low, high] = ARM_JOINTS[joint]?.range ?? [0, 0];
      assert.ok(angle >= low && angle <= high);
    }
  });
});

function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  for (const [index, value] of expected.entries())
    assert.ok(
      Math.abs((actual[index] ?? Number.NaN) - value) <= tolerance,
      `${actual.join()} is not ${expected.join()}`,
    );
}
