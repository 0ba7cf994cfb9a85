import fc from "fast-check";
import { Renderer } from "../../src/render/renderer.ts";
import type { Camera, Drawable, Light, Poses, RenderedFrame, Vector3 } from "../../src/render/types.ts";
import { toMatrix } from "../../src/world/rotations.ts";

export const IDENTITY: readonly number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** At the origin, looking along −z, +x to the right and +y up. */
export const AHEAD: Camera = { position: [0, 0, 0], rotation: IDENTITY, fovy: 60 };

export const LIGHT: Light = { direction: [0.2, 0.3, -1], ambient: 0.5, diffuse: 0.5, colour: [1, 1, 1] };

export interface Thing extends Partial<Drawable> {
  readonly shape: Drawable["shape"];
  readonly at: Vector3;
  readonly rotation?: readonly number[];
}

/** Things in a row, with ids 1, 2, … unless they have their own. */
export function sceneOf(things: readonly Thing[]): { drawables: Drawable[]; poses: Poses } {
  return {
    drawables: things.map(({ shape, size, surface, id, shadow }, index) => ({
      shape,
      size: size ?? [0.1, 0.1, 0.1],
      surface: surface ?? { colour: [0.8, 0.8, 0.8] },
      id: id ?? index + 1,
      shadow: shadow ?? false,
    })),
    poses: {
      positions: things.flatMap(({ at }) => [...at]),
      rotations: things.flatMap(({ rotation }) => [...(rotation ?? IDENTITY)]),
    },
  };
}

export function draw(
  things: readonly Thing[],
  { camera = AHEAD, light = LIGHT, width = 64, height = 64 } = {},
): RenderedFrame {
  const { drawables, poses } = sceneOf(things);
  const renderer = new Renderer({ width, height });
  renderer.setScene(drawables);
  return renderer.render(camera, poses, light);
}

/** Pixels of an id: how many, and their middle. */
export function region(frame: RenderedFrame, id: number): { count: number; x: number; y: number } {
  let count = 0;
  let x = 0;
  let y = 0;
  for (const [pixel, own] of frame.ids.entries()) {
    if (own !== id) continue;
    count += 1;
    x += (pixel % frame.width) + 0.5;
    y += Math.floor(pixel / frame.width) + 0.5;
  }
  return { count, x: x / count, y: y / count };
}

/** Rotation matrix, row-major, of any unit quaternion. */
export const rotation: fc.Arbitrary<number[]> = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true })))
  .filter((parts) => Math.hypot(...parts) > 0.1)
  .map((parts) => {
    const length = Math.hypot(...parts);
    return toMatrix(parts.map((part) => part / length) as [number, number, number, number]);
  });
