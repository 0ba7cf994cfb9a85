import assert from "node:assert/strict";
import fc from "fast-check";
import { VlaPrunerError } from "@vla-pruner/format";
import { Renderer } from "../src/render/renderer.ts";
import type { Camera, Drawable, Light, Poses, Vector3 } from "../src/render/types.ts";
import { AHEAD, draw, IDENTITY, LIGHT, rotation, sceneOf, type Thing } from "./support/render.ts";

const length = fc.oneof(fc.constantFrom(0, 1e-12, 1e-3, 1e6), fc.double({ min: 0, max: 2, noNaN: true }));
const coordinate = fc.oneof(
  fc.constantFrom(0, 0.003, -0.003, 1e9),
  fc.double({ min: -1, max: 1, noNaN: true }),
);
const place = fc.tuple(coordinate, coordinate, coordinate) as fc.Arbitrary<Vector3>;

const thing: fc.Arbitrary<Thing> = fc.record({
  shape: fc.constantFrom("box", "sphere", "ellipsoid", "cylinder", "capsule", "plane"),
  size: fc.tuple(length, length, length),
  at: place,
  rotation,
  shadow: fc.boolean(),
  surface: fc.record({
    colour: fc.constant<Vector3>([0.6, 0.5, 0.7]),
    pattern: fc.constantFrom("plain", "checker", "stripes", "wood", "speckle"),
    period: fc.constantFrom(1e-6, 0.05, 3),
  }),
});

describe("any scene", () => {
  it("gives a picture without holes, of the scene's ids, the same each time", () => {
    const fovy = fc.double({ min: 1, max: 179, noNaN: true });
    const scene = fc.array(thing, { maxLength: 8 });
    fc.assert(
      fc.property(scene, place, rotation, fovy, place, (things, position, turn, angle, way) => {
        const camera: Camera = { position, rotation: turn, fovy: angle };
        const direction = way.every((part) => Math.abs(part) < 1e-9) ? LIGHT.direction : way;
        const options = { camera, light: { ...LIGHT, direction }, width: 33, height: 17 };
        const frame = draw(things, options);
        assert.ok(frame.ids.every((id) => id <= things.length));
        // All colours are bright, so a 0 can only come from a number that is none.
        assert.equal(frame.pixels.indexOf(0), -1);
        assert.deepEqual(draw(things, options), frame);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it("is drawn as by a new renderer after others, and leaves pictures alone that were given out", () => {
    const first = sceneOf([{ shape: "sphere", at: [0, 0, -1] }]);
    const second = sceneOf([{ shape: "box", at: [0.1, 0, -1] }]);
    const renderer = new Renderer({ width: 32, height: 32 });
    renderer.setScene(first.drawables);
    const before = renderer.render(AHEAD, first.poses, LIGHT);
    const copy = structuredClone(before);
    renderer.setScene(second.drawables);
    renderer.render({ ...AHEAD, fovy: 20 }, second.poses, { ...LIGHT, ambient: 0.1 });
    assert.deepEqual(before, copy);
    renderer.setScene(first.drawables);
    assert.deepEqual(renderer.render(AHEAD, first.poses, LIGHT), copy);
  });

  it("may be empty, and one pixel small", () => {
    const frame = draw([], { width: 1, height: 1 });
    assert.equal(frame.pixels.length, 3);
    assert.deepEqual([...frame.ids], [0]);
  });
});

const ball: Drawable = {
  shape: "sphere",
  size: [0.1, 0, 0],
  surface: { colour: [1, 0, 0] },
  id: 1,
};

describe("the renderer refuses", () => {
  const pictures: Record<string, [number, number]> = {
    "no width": [0, 4],
    "half a pixel": [4, 0.5],
    "NaN pixels": [Number.NaN, 4],
    "a huge picture": [4, 1e6],
  };
  for (const [name, [width, height]] of Object.entries(pictures)) {
    it(name, () => refuses(() => new Renderer({ width, height })));
  }

  const wrong: Record<string, unknown> = {
    "an unknown shape": { ...ball, shape: "teapot" },
    "a negative length": { ...ball, size: [-1, 0, 0] },
    "an infinite length": { ...ball, size: [Infinity, 0, 0] },
    "two lengths": { ...ball, size: [1, 1] },
    "an id above 255": { ...ball, id: 256 },
    "an id between numbers": { ...ball, id: 1.5 },
    "an unknown pattern": { ...ball, surface: { colour: [1, 1, 1], pattern: "plaid" } },
    "a period of 0": { ...ball, surface: { colour: [1, 1, 1], pattern: "wood", period: 0 } },
    "a colour that is none": { ...ball, surface: { colour: [1, Number.NaN, 1] } },
    "a colour of two parts": { ...ball, surface: { colour: [1, 1, 1], secondary: [1, 1] } },
  };
  for (const [name, drawable] of Object.entries(wrong)) {
    it(name, () => refuses(() => setScene([drawable as Drawable])));
  }

  const poses: Poses = { positions: [0, 0, -1], rotations: IDENTITY };
  const views: Record<string, [Camera, Poses, Light]> = {
    "poses of another number of drawables": [AHEAD, { ...poses, positions: [] }, LIGHT],
    "a position that is not finite": [AHEAD, { ...poses, positions: [0, Number.NaN, 0] }, LIGHT],
    "a rotation of 4 numbers": [AHEAD, { ...poses, rotations: [1, 0, 0, 0] }, LIGHT],
    "a camera nowhere": [{ ...AHEAD, position: [Number.NaN, 0, 0] }, poses, LIGHT],
    "a field of view of 180°": [{ ...AHEAD, fovy: 180 }, poses, LIGHT],
    "a field of view of NaN": [{ ...AHEAD, fovy: Number.NaN }, poses, LIGHT],
    "light that goes nowhere": [AHEAD, poses, { ...LIGHT, direction: [0, 0, 0] }],
    "light of NaN": [AHEAD, poses, { ...LIGHT, ambient: Number.NaN }],
  };
  for (const [name, [camera, where, light]] of Object.entries(views)) {
    it(name, () => refuses(() => setScene([ball]).render(camera, where, light)));
  }
});

function setScene(drawables: readonly Drawable[]): Renderer {
  const renderer = new Renderer({ width: 8, height: 8 });
  renderer.setScene(drawables);
  return renderer;
}

function refuses(work: () => unknown): void {
  assert.throws(work, (error) => VlaPrunerError.is(error, "render-invalid"));
}
