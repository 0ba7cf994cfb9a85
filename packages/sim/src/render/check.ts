import { VlaPrunerError } from "@vla-pruner/format";
import { PATTERNS } from "./pattern.ts";
import type { Camera, Drawable, Light, Poses } from "./types.ts";

const SHAPES = ["box", "sphere", "ellipsoid", "cylinder", "capsule", "plane"];
const LARGEST_SIDE = 4096;

/** @throws `render-invalid` */
export function checkSize(width: number, height: number): void {
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1 || value > LARGEST_SIDE) {
      refuse(`a ${name} of 1 to ${LARGEST_SIDE} pixels`, String(value), `pass a whole number as ${name}`);
    }
  }
}

/** @throws `render-invalid` */
export function checkDrawable(drawable: Drawable, index: number): void {
  const { shape, size, surface, id } = drawable;
  const where = `drawable ${index}`;
  if (!SHAPES.includes(shape)) {
    refuse(`a shape of ${SHAPES.join(", ")} for ${where}`, shape, "correct its shape");
  }
  if (!areFinite(size, 3) || size.some((length) => length < 0)) {
    refuse(`three lengths of 0 or more for ${where}`, String(size), "correct its size");
  }
  if (!Number.isInteger(id) || id < 0 || id > 255) {
    refuse(`an id of 0 to 255 for ${where}`, String(id), "correct its id");
  }
  if (surface.pattern !== undefined && !PATTERNS.includes(surface.pattern)) {
    refuse(`a pattern of ${PATTERNS.join(", ")} for ${where}`, surface.pattern, "correct its pattern");
  }
  for (const colour of [surface.colour, surface.secondary ?? surface.colour]) {
    if (!areFinite(colour, 3)) {
      refuse(`a colour of three finite parts for ${where}`, String(colour), "correct its colour");
    }
  }
  const { period = 1 } = surface;
  if (!Number.isFinite(period) || period <= 0) {
    refuse(`a pattern's period above 0 for ${where}`, String(period), "pass it in metres");
  }
}

/** @throws `render-invalid` */
export function checkView(camera: Camera, poses: Poses, light: Light, drawables: number): void {
  if (!areFinite(camera.position, 3) || !areFinite(camera.rotation, 9)) {
    refuse("a camera of 3 + 9 finite numbers", "another", "check the camera's position and rotation");
  }
  if (!(camera.fovy > 0 && camera.fovy < 180)) {
    refuse("a field of view between 0 and 180 degrees", String(camera.fovy), "correct fovy");
  }
  if (!areFinite(poses.positions, 3 * drawables) || !areFinite(poses.rotations, 9 * drawables)) {
    refuse(
      `finite poses of ${drawables} drawables`,
      `${poses.positions.length} + ${poses.rotations.length} numbers, or one that is not finite`,
      "pass 3 + 9 numbers a drawable, in the order of setScene",
    );
  }
  const { direction, colour, ambient, diffuse } = light;
  if (!areFinite(direction, 3) || direction.every((part) => Math.abs(part) < 1e-9)) {
    refuse("a light's direction that is not zero", String(direction), "pass the way it travels");
  }
  if (!areFinite(colour, 3) || !Number.isFinite(ambient) || !Number.isFinite(diffuse)) {
    refuse("a light of finite parts", "another", "check its colour, ambient and diffuse");
  }
}

function areFinite(values: ArrayLike<number>, length: number): boolean {
  if (values.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (!Number.isFinite(values[index])) return false;
  }
  return true;
}

function refuse(expected: string, found: string, fix: string): never {
  throw new VlaPrunerError("render-invalid", { expected, found, fix });
}
