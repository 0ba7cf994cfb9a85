import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import { DIMENSIONS } from "../src/tasks/dimensions.ts";
import { SUITES } from "../src/tasks/suites.ts";
import { layOut } from "../src/world/layout.ts";
import type { Placed } from "../src/world/placed.ts";
import { standing, taskOf } from "./support/scene.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

describe("the layout of a scene", () => {
  it("places every shipped task for many seeds, nothing inside another", () => {
    for (const task of Object.values(SUITES).flat())
      for (const seed of SEEDS) {
        const placed = layOut(task, seed);
        assert.deepEqual(
          placed.map(({ spec }) => spec.name),
          task.objects.map(({ name }) => name),
        );
        for (const [index, a] of placed.entries())
          for (const b of placed.slice(index + 1))
            if (a.z === b.z)
              assert.ok(distance(a, b) > innermost(a) + innermost(b), `${task.name} ${String(seed)}`);
      }
  });

  it("honours regions", () => {
    const region = { x: [0.02, 0.12], y: [-0.2, 0.05] } as const;
    const task = taskOf(["a", "b", "c"].map((name) => ({ ...standing(name, "cube", 0, 0), region })));
    const seen = SEEDS.flatMap((seed) => layOut(task, seed));
    assert.ok(seen.every(({ x, y }) => x >= 0.02 && x <= 0.12 && y >= -0.2 && y <= 0.05));
    assert.ok(Math.max(...seen.map(({ x }) => x)) > 0.1, "uses the whole of it");
    assert.ok(Math.min(...seen.map(({ y }) => y)) < -0.17, "uses the whole of it");
  });

  it("honours relations", () => {
    const relations = ["on", "next-to", "front-of", "behind"] as const;
    for (const relation of relations)
      for (const seed of SEEDS) {
        const cube = { ...standing("cube", "cube", 0, 0), at: { relation, object: "stand" } };
        const [b, a] = layOut(taskOf([standing("stand", "stand", 0.03, 0), cube]), seed);
        if (a === undefined || b === undefined) assert.fail();
        const [x, y] = [a.x - b.x, a.y - b.y];
        if (relation === "on") {
          assert.ok(Math.hypot(x, y) < 0.02);
          assert.equal(a.z, DIMENSIONS.stand.height);
        } else {
          const along = relation === "next-to" ? Math.abs(y) : relation === "front-of" ? x : -x;
          assert.ok(along > 0.08 && along < 0.16, `${relation}: ${String(x)}, ${String(y)}`);
        }
      }
  });

  it("depends on the seed alone", () => {
    const [task] = SUITES.object;
    if (task === undefined) assert.fail();
    assert.deepEqual(layOut(task, 7), layOut(task, 7));
    assert.notDeepEqual(layOut(task, 7), layOut(task, 9));
  });

  it("refuses scenes that are too full", () => {
    const names = Array.from({ length: 12 }, (_, index) => `bowl${String(index)}`);
    const region = { x: [-0.1, 0.1], y: [-0.1, 0.1] } as const;
    const objects = names.map((name) => ({ ...standing(name, "bowl", 0, 0), region }));
    assert.throws(
      () => layOut(taskOf(objects), 2),
      (error) => VlaPrunerError.is(error, "task-invalid"),
    );
  });
});

function distance(a: Placed, b: Placed): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function innermost({ spec }: Placed): number {
  return Math.min(...DIMENSIONS[spec.kind].half);
}
