import assert from "node:assert/strict";
import type { Camera, RenderedFrame, Surface } from "../src/render/types.ts";
import { AHEAD, draw, LIGHT, type Thing } from "./support/render.ts";

const FLAT_LIGHT = { ...LIGHT, ambient: 1, diffuse: 0, direction: [0, 0, -1] as const };
const BLACK: Surface = { colour: [0, 0, 0] };
const WHITE: Surface = { colour: [1, 1, 1] };
/** From straight above, 0.02 m a pixel at z = 0 in a picture of 64 × 64 pixels. */
const ABOVE: Camera = { ...AHEAD, position: [0, 0, 2], fovy: (360 / Math.PI) * Math.atan(0.32) };

function wall(surface: Surface): Thing {
  return { shape: "box", size: [5, 5, 0.1], at: [0, 0, -3], surface, id: 0 };
}

function at(frame: RenderedFrame, x: number, y: number): number {
  return frame.pixels[3 * (y * frame.width + x)]!;
}

function ground(surface: Surface): Thing {
  return { shape: "plane", size: [0, 0, 1], at: [0, 0, 0], surface, id: 0 };
}

function line(surface: Surface, direction: "x" | "y"): number[] {
  const frame = draw([ground(surface)], { camera: ABOVE, light: FLAT_LIGHT });
  return Array.from({ length: 64 }, (_, step) =>
    direction === "x" ? at(frame, step, 34) : at(frame, 34, step),
  );
}

function edges(values: readonly number[]): number {
  return values.filter((value, index) => index > 0 && value > 127 !== values[index - 1]! > 127).length;
}

/** Dark pixels of the first thing. */
function dark({ ids, pixels }: RenderedFrame): number {
  return ids.filter((id, pixel) => id === 1 && pixels[3 * pixel]! < 150).length;
}

describe("anti-aliasing", () => {
  it("mixes a pixel by how much of it each surface covers", () => {
    for (const covered of [0.125, 0.375, 0.625, 0.875]) {
      const edge = (covered - 16) / (32 / Math.tan(Math.PI / 6));
      const card: Thing = {
        shape: "box",
        size: [1, 5, 1e-4],
        at: [edge - 1, 0, -1.0001],
        surface: WHITE,
      };
      const frame = draw([wall(BLACK), card], { light: FLAT_LIGHT });
      assert.equal(at(frame, 15, 32), 255);
      assert.ok(Math.abs(at(frame, 16, 32) / 255 - covered) <= 0.13, `${covered}`);
      assert.equal(at(frame, 17, 32), 0);
    }
  });

  it("leaves no line where two sides of a box, or two boxes, meet", () => {
    const turn = Math.SQRT1_2;
    const rotation = [turn, 0, turn, 0, 1, 0, -turn, 0, turn];
    const box: Thing = { shape: "box", size: [0.4, 2, 0.4], at: [0, 0, -2], rotation };
    const left: Thing = { shape: "box", size: [1, 3, 0.1], at: [-1, 0, -2.5] };
    const right: Thing = { ...left, at: [1, 0, -2.5] };
    for (const things of [[box], [left, right]]) {
      const white = things.map((thing) => ({ ...thing, surface: WHITE }));
      const frame = draw([wall(BLACK), ...white], { light: FLAT_LIGHT });
      for (let x = 26; x < 38; x += 1) assert.ok(at(frame, x, 32) > 150, `column ${x}`);
    }
  });
});

describe("light", () => {
  it("falls by the cosine of its angle, and adds to the ambient light", () => {
    const surface: Surface = { colour: [1, 1, 1] };
    function brightness(tilt: number): number {
      const direction = [Math.sin(tilt), 0, -Math.cos(tilt)] as const;
      const light = { ...LIGHT, ambient: 0.2, diffuse: 0.7, direction };
      return at(draw([ground(surface)], { camera: ABOVE, light }), 20, 20) / 255;
    }
    for (const tilt of [0, 0.5, 1]) {
      assert.ok(Math.abs(brightness(tilt) - (0.2 + 0.7 * Math.cos(tilt))) < 0.01);
    }
    assert.ok(Math.abs(brightness(3) - 0.2) < 0.01);
  });

  it("makes a ball brighter on the side that it comes from", () => {
    const ball: Thing = { shape: "sphere", size: [0.5, 0, 0], at: [0, 0, -2] };
    const frame = draw([ball], { light: { ...LIGHT, direction: [1, 0, -0.2] } });
    assert.ok(at(frame, 22, 32) > 1.3 * at(frame, 42, 32));
  });

  it("throws a shadow away from it, of things that throw one, on the table only", () => {
    const light = { ...LIGHT, direction: [1, 0, -1] as const };
    const cube: Thing = { shape: "box", size: [0.1, 0.1, 0.1], at: [-0.2, 0, 0.3] };
    for (const [height, shadow, darker] of [
      [0, true, true],
      [0, false, false],
      [-0.3, true, false],
    ] as const) {
      const floor: Thing = { ...ground(WHITE), at: [0, 0, height] };
      const frame = draw([floor, { ...cube, shadow }], { camera: ABOVE, light });
      // The middle of the shadow is 0.3 m further along x.
      assert.equal(at(frame, 37, 32) < 0.7 * at(frame, 60, 32), darker, `${height} ${shadow}`);
      assert.equal(at(frame, 37, 45), at(frame, 60, 45));
    }
  });

  it("is kept from a thing by what stands in it, of every shape, and not by what is below", () => {
    const light = { ...LIGHT, direction: [0, 0, -1] as const };
    const tray: Thing = { shape: "box", size: [0.5, 0.5, 0.01], at: [0, 0, 0.2], surface: WHITE };
    // Seen from aside, so that the thing does not hide its own shadow.
    const slope = [0.8, 0, 0.6, 0, 1, 0, -0.6, 0, 0.8];
    const camera: Camera = { position: [1.2, 0, 1.8], rotation: slope, fovy: 36 };
    for (const shape of ["box", "sphere", "ellipsoid", "cylinder", "capsule"] as const) {
      const thing: Thing = { shape, size: [0.1, 0.06, 0.1], at: [0, 0, 0.6] };
      const plain = draw([tray, thing], { camera, light });
      const above = draw([tray, { ...thing, shadow: true }], { camera, light });
      const below = draw([tray, { ...thing, at: [0, 0, -0.4], shadow: true }], { camera, light });
      assert.ok(dark(above) > dark(plain) + 25, `${shape} ${dark(above)} ${dark(plain)}`);
      assert.ok(dark(below) <= dark(plain), shape);
    }
  });

  it("throws no shadow upwards", () => {
    const light = { ...LIGHT, direction: [0.1, 0, 1] as const };
    const cube: Thing = { shape: "box", at: [0, 0, 0.3] };
    const lit = draw([ground(WHITE), { ...cube, shadow: true }], { camera: ABOVE, light });
    assert.deepEqual(lit, draw([ground(WHITE), cube], { camera: ABOVE, light }));
  });
});

describe("patterns", () => {
  it("repeat with their period", () => {
    const pair = { colour: [0, 0, 0], secondary: [1, 1, 1], period: 0.32 } as const;
    const checker = { ...pair, pattern: "checker" } as const;
    const stripes = { ...pair, pattern: "stripes" } as const;
    assert.equal(edges(line(checker, "x")), 7);
    assert.equal(edges(line(checker, "y")), 7);
    assert.equal(edges(line(stripes, "y")), 7);
    assert.equal(edges(line(stripes, "x")), 0);
  });

  it("show both colours, in each of them, and nothing beyond", () => {
    for (const pattern of ["checker", "stripes", "wood", "speckle"] as const) {
      const values = line({ colour: [0.2, 0, 0], secondary: [0.8, 0, 0], pattern, period: 0.2 }, "y");
      assert.ok(Math.min(...values) >= 51 && Math.max(...values) <= 204, pattern);
      assert.ok(Math.max(...values) - Math.min(...values) > 40, pattern);
    }
  });

  it("fade to their mean where a period is less than a pixel", () => {
    const fine = { colour: [0, 0, 0], secondary: [1, 1, 1], period: 0.007 } as const;
    for (const value of line({ ...fine, pattern: "checker" }, "x")) {
      assert.ok(Math.abs(value - 127) < 20, `${value}`);
    }
  });

  it("turn and move with their shape", () => {
    const surface = { ...WHITE, secondary: [0, 0, 0], pattern: "stripes", period: 0.32 } as const;
    const rotation = [0, -1, 0, 1, 0, 0, 0, 0, 1];
    const turned: Thing = { ...ground(surface), rotation, at: [0.16, 0, 0] };
    const frame = draw([turned], { camera: ABOVE, light: FLAT_LIGHT });
    const plain = draw([ground(surface)], { camera: ABOVE, light: FLAT_LIGHT });
    // Mirrored by the turn and by half a period: what was upwards is to the right now.
    for (const x of [4, 12, 20, 36, 44]) assert.equal(at(frame, x, 9), at(plain, 9, 63 - x));
  });
});
