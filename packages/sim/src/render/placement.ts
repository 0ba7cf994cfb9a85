import { type Material, materialOf } from "./material.ts";
import type { Drawable, Light, Poses } from "./types.ts";
import { NEAR, type View } from "./view.ts";

/** A drawable in this frame: camera and light in its own coordinates, where all shapes are simple. */
export class Placement {
  readonly shape: Drawable["shape"];
  readonly index: number;
  readonly id: number;
  readonly material: Material;
  readonly castsShadow: boolean;
  /** Half lengths of the box around the shape. */
  readonly halfX: number;
  readonly halfY: number;
  readonly halfZ: number;
  /** Of round shapes, metres: radius and half length of the straight part. */
  readonly radius: number;
  readonly straight: number;
  /** Nothing to draw: a length is 0, or as good as. */
  readonly empty: boolean;
  /** Radius of the ball around it. */
  readonly reach: number;
  /** Camera position. */
  x = 0;
  y = 0;
  z = 0;
  /** Camera axes. */
  rightX = 0;
  rightY = 0;
  rightZ = 0;
  upX = 0;
  upY = 0;
  upZ = 0;
  forwardX = 0;
  forwardY = 0;
  forwardZ = 0;
  /** The way the light travels, length 1. */
  lightX = 0;
  lightY = 0;
  lightZ = 0;
  /** The world's z axis, and the drawable's height above the table. */
  skyX = 0;
  skyY = 0;
  skyZ = 0;
  height = 0;

  constructor(drawable: Drawable, index: number) {
    const [a, b, c] = drawable.size;
    this.shape = drawable.shape;
    this.index = index;
    this.id = drawable.id;
    this.material = materialOf(drawable);
    this.castsShadow = drawable.shadow === true && drawable.shape !== "plane";
    this.radius = a;
    this.straight = b;
    [this.halfX, this.halfY, this.halfZ] = halfLengths(drawable.shape, a, b, c);
    const thinnest = Math.min(this.halfX, this.halfY, drawable.shape === "plane" ? 1 : this.halfZ);
    this.empty = thinnest < THINNEST;
    this.reach = Math.sqrt(this.halfX ** 2 + this.halfY ** 2 + this.halfZ ** 2);
  }

  place(view: View, poses: Poses, light: Light): void {
    const { positions, rotations } = poses;
    const p = 3 * this.index;
    const q = 9 * this.index;
    const x0 = rotations[q]!;
    const y0 = rotations[q + 1]!;
    const z0 = rotations[q + 2]!;
    const x1 = rotations[q + 3]!;
    const y1 = rotations[q + 4]!;
    const z1 = rotations[q + 5]!;
    const x2 = rotations[q + 6]!;
    const y2 = rotations[q + 7]!;
    const z2 = rotations[q + 8]!;
    this.height = positions[p + 2]!;
    const cx = view.x - positions[p]!;
    const cy = view.y - positions[p + 1]!;
    const cz = view.z - this.height;
    this.x = x0 * cx + x1 * cy + x2 * cz;
    this.y = y0 * cx + y1 * cy + y2 * cz;
    this.z = z0 * cx + z1 * cy + z2 * cz;
    const [rx, ry, rz] = view.right;
    this.rightX = x0 * rx + x1 * ry + x2 * rz;
    this.rightY = y0 * rx + y1 * ry + y2 * rz;
    this.rightZ = z0 * rx + z1 * ry + z2 * rz;
    const [ux, uy, uz] = view.up;
    this.upX = x0 * ux + x1 * uy + x2 * uz;
    this.upY = y0 * ux + y1 * uy + y2 * uz;
    this.upZ = z0 * ux + z1 * uy + z2 * uz;
    const [fx, fy, fz] = view.forward;
    this.forwardX = x0 * fx + x1 * fy + x2 * fz;
    this.forwardY = y0 * fx + y1 * fy + y2 * fz;
    this.forwardZ = z0 * fx + z1 * fy + z2 * fz;
    const [lx, ly, lz] = light.direction;
    const length = Math.sqrt(lx * lx + ly * ly + lz * lz);
    this.lightX = (x0 * lx + x1 * ly + x2 * lz) / length;
    this.lightY = (y0 * lx + y1 * ly + y2 * lz) / length;
    this.lightZ = (z0 * lx + z1 * ly + z2 * lz) / length;
    this.skyX = x2;
    this.skyY = y2;
    this.skyZ = z2;
  }

  /** Whether its bounding sphere reaches into the picture. */
  inView(view: View): boolean {
    if (this.empty) return false;
    const right = -(this.x * this.rightX + this.y * this.rightY + this.z * this.rightZ);
    const up = -(this.x * this.upX + this.y * this.upY + this.z * this.upZ);
    const depth = -(this.x * this.forwardX + this.y * this.forwardY + this.z * this.forwardZ);
    return (
      depth + this.reach > NEAR &&
      Math.abs(right) - depth * view.slopeX < this.reach * view.secantX &&
      Math.abs(up) - depth * view.slopeY < this.reach * view.secantY
    );
  }
}

/** Nothing thinner is drawn, metres. */
const THINNEST = 1e-6;

/** An infinite plane, size 0 as in MuJoCo, ends where no picture can tell. */
const HORIZON = 1e4;

function halfLengths(shape: Drawable["shape"], a: number, b: number, c: number): [number, number, number] {
  switch (shape) {
    case "sphere":
      return [a, a, a];
    case "cylinder":
      return [a, a, b];
    case "capsule":
      return [a, a, a === 0 ? 0 : a + b];
    case "plane":
      return [a === 0 ? HORIZON : a, b === 0 ? HORIZON : b, 0];
    default:
      return [a, b, c];
  }
}
