import assert from "node:assert/strict";
import { goalReached, needsRelease } from "@vla-pruner/sim";
import type { Goal, ObjectKind, ObjectSpec, Pose, WorldState } from "@vla-pruner/sim";

const KINDS: readonly ObjectKind[] = [
  "cube",
  "can",
  "bottle",
  "cup",
  "carton",
  "plate",
  "bowl",
  "basket",
  "pad",
  "stand",
];
const objects: readonly ObjectSpec[] = KINDS.map((kind) => ({
  name: kind,
  kind,
  colour: "red",
  region: { x: [0, 0], y: [0, 0] },
}));
const at = (x: number, y: number, z: number): Pose => ({ position: [x, y, z], rotation: [1, 0, 0, 0] });
/** Turned by a quarter about x: its axis along −y. */
const lying = (x: number, y: number, z: number): Pose => ({
  position: [x, y, z],
  rotation: [Math.SQRT1_2, Math.SQRT1_2, 0, 0],
});

function reached(
  kind: Goal["kind"],
  object: string,
  target: string,
  poses: Record<string, Pose>,
  holding: string | null = null,
): boolean {
  const state: WorldState = { effector: at(0, 0, 0.2), opening: 0.085, holding, objects: poses, goal: 0 };
  return goalReached({ kind, object, target }, state, objects);
}

/** A ball in a target at the origin, or far from it. */
const ball = (inside: boolean): Pose => at(inside ? 0.01 : 0.2, 0, 0.013);

const pour = (...inside: boolean[]): boolean =>
  reached(
    "poured",
    "cup",
    "bowl",
    {
      cup: at(0, 0, 0.1),
      bowl: at(0, 0, 0),
      ...Object.fromEntries(inside.map((is, index) => [`cup#${index}`, ball(is)])),
    },
    "cup",
  );

describe("goalReached", () => {
  it("on: the middle above the target, the lowest point on its surface", () => {
    const plate = at(0.1, 0.1, 0);
    const cube = (x: number, z: number): boolean =>
      reached("on", "cube", "plate", { cube: at(x, 0.1, z), plate });
    assert.ok(cube(0.1, 0.012));
    assert.ok(cube(0.17, 0.0115));
    assert.ok(!cube(0.19, 0.012), "beside the plate");
    assert.ok(!cube(0.1, 0.03), "in the air");
    assert.ok(!reached("on", "cube", "plate", { cube: at(0.1, 0.1, 0.012), plate }, "cube"), "in the hand");
    assert.ok(reached("on", "cube", "plate", { cube: at(0.1, 0.1, 0.012), plate }, "can"));
  });

  it("on: a turned target is judged by its own outline, a lying thing by its middle", () => {
    const angle = Math.PI / 8;
    const pad: Pose = { position: [0, 0, 0], rotation: [Math.cos(angle), 0, 0, Math.sin(angle)] };
    assert.ok(reached("on", "can", "pad", { can: at(0.08, 0, 0.004), pad }), "its corner points along x");
    assert.ok(!reached("on", "can", "pad", { can: at(0.055, 0.055, 0.004), pad }));
    assert.ok(reached("on", "bottle", "pad", { bottle: lying(0, 0.07, 0.026), pad }));
  });

  it("in: below the rim and within it", () => {
    const bowl = at(0, 0, 0);
    assert.ok(reached("in", "cube", "bowl", { cube: at(0.02, 0.02, 0.006), bowl }));
    assert.ok(!reached("in", "cube", "bowl", { cube: at(0.05, 0, 0.034), bowl }), "on the rim");
    assert.ok(!reached("in", "cube", "bowl", { cube: at(0.1, 0, 0), bowl }), "beside it");
    assert.ok(reached("in", "can", "basket", { can: lying(0.06, 0.03, 0.029), basket: at(0, 0, 0) }));
  });

  it("stacked: on the top of what stands, over its middle", () => {
    const carton = at(0, 0, 0);
    assert.ok(reached("stacked", "can", "carton", { can: at(0.01, 0, 0.09), carton }));
    assert.ok(!reached("stacked", "can", "carton", { can: at(0.03, 0, 0.09), carton }), "beside the edge");
    assert.ok(!reached("stacked", "can", "carton", { can: at(0.01, 0, 0), carton }), "on the table");
    assert.ok(
      reached("stacked", "cube", "carton", { cube: at(0, -0.045, 0.045), carton: lying(0, 0, 0.0225) }),
    );
    assert.ok(
      !reached("stacked", "cube", "can", { cube: at(0, -0.04, 0.048), can: lying(0, 0, 0.024) }),
      "on a can that lies",
    );
  });

  it("poured: two of the three balls lie in the target, whatever the hand holds", () => {
    assert.ok(pour(true, false, true));
    assert.ok(!pour(true, false, false));
    assert.ok(!needsRelease({ kind: "poured", object: "cup", target: "bowl" }));
    assert.ok(needsRelease({ kind: "on", object: "cup", target: "plate" }));
  });

  it("is not reached where a thing is missing", () => {
    assert.ok(!reached("on", "cube", "plate", { cube: at(0, 0, 0.012) }));
    assert.ok(!reached("on", "cube", "plate", { plate: at(0, 0, 0) }));
  });
});
