import assert from "node:assert/strict";
import fc from "fast-check";
import type { Vector3 } from "../src/render/types.ts";
import { firstHit, pixelRay } from "./support/ray-march.ts";
import { AHEAD, draw, LIGHT, rotation, sceneOf, type Thing } from "./support/render.ts";

const SIDE = 20;
const length = fc.double({ min: 0.05, max: 0.25, noNaN: true });
const offset = fc.double({ min: -0.5, max: 0.5, noNaN: true });

function solid(centre: Vector3): fc.Arbitrary<Thing> {
  return fc.record({
    shape: fc.constantFrom("box", "sphere", "ellipsoid", "cylinder", "capsule"),
    size: fc.tuple(length, length, length),
    at: fc
      .tuple(offset, offset, offset)
      .map(([x, y, z]): Vector3 => [x + centre[0], y + centre[1], z + centre[2]]),
    rotation,
  });
}

describe("the renderer against marching along rays", () => {
  it("sees the same solids, whatever their shapes and poses", () => {
    fc.assert(
      fc.property(fc.array(solid([0, 0, -1.4]), { minLength: 1, maxLength: 4 }), (things) => {
        const { ids } = draw(things, { width: SIDE, height: SIDE });
        const { drawables, poses } = sceneOf(things);
        let wrong = 0;
        for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
          const ray = pixelRay(AHEAD, SIDE, pixel);
          const hit = firstHit(drawables, poses, AHEAD.position as number[], ray);
          if (ids[pixel] !== hit + 1) wrong += 1;
        }
        // The march may step over what is thinner than a step.
        assert.ok(wrong <= 4, `${wrong} of ${SIDE * SIDE} pixels`);
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  it("throws the same shadows on the table", () => {
    const rotationDown = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const camera = { position: [0, 0, 3], rotation: rotationDown, fovy: 50 };
    const table: Thing = { shape: "plane", size: [5, 5, 1], at: [0, 0, 0], id: 0 };
    const towards = LIGHT.direction.map((part) => -part);
    fc.assert(
      fc.property(fc.array(solid([0, 0, 0.8]), { minLength: 1, maxLength: 3 }), (solids) => {
        const casting = solids.map((thing) => ({ ...thing, shadow: true }));
        const size = { width: SIDE, height: SIDE, camera };
        const plain = draw([table, ...solids], size);
        const shaded = draw([table, ...casting], size);
        const { drawables, poses } = sceneOf(solids);
        let wrong = 0;
        for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
          if (plain.ids[pixel] !== 0) continue;
          const ray = pixelRay(camera, SIDE, pixel);
          const point = [3 * ray[0]!, 3 * ray[1]!, 0];
          const blocked = firstHit(drawables, poses, point, towards, { reach: 2 }) >= 0;
          const bright = plain.pixels[3 * pixel]!;
          const darker = (bright - shaded.pixels[3 * pixel]!) / bright;
          // A pixel on the border is darker in part, its centre decides by more than half.
          if (blocked ? darker < 0.05 : darker > 0.4) wrong += 1;
        }
        assert.ok(wrong <= 4, `${wrong} pixels`);
      }),
      { numRuns: 25, seed: 5 },
    );
  });
});
