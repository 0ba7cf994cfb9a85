import type { Placement } from "./placement.ts";
import { ENTERS_AT } from "./shadow-line.ts";
import type { Light, Poses, Vector3 } from "./types.ts";
import type { View } from "./view.ts";

/** What is nearer to a point than this, metres, takes no light from it: it touches. */
const TOUCH = 1.5e-3;

/** What stands in the light of a point that is not on the table. Seen along the light, all are circles at first. */
export class Occluders {
  private casters: readonly Placement[] = [];
  /** `[casters, 3]`: centre across the light, and radius squared. */
  private circles = new Float64Array(0);
  private readonly across = new LightAxis();
  private readonly aside = new LightAxis();

  begin(view: View, casters: readonly Placement[], poses: Poses, light: Light): void {
    this.casters = casters;
    if (this.circles.length !== 3 * casters.length) {
      this.circles = new Float64Array(3 * casters.length);
    }
    const [x, y, z] = light.direction;
    // Two axes at right angles to the light and to each other.
    if (Math.abs(x) < Math.abs(z)) this.across.set(view, 0, z, -y);
    else this.across.set(view, y, -x, 0);
    const { across } = this;
    this.aside.set(
      view,
      y * across.z - z * across.y,
      z * across.x - x * across.z,
      x * across.y - y * across.x,
    );
    for (const [index, { index: drawable, reach }] of casters.entries()) {
      this.circles[3 * index] = across.project(poses, drawable);
      this.circles[3 * index + 1] = this.aside.project(poses, drawable);
      this.circles[3 * index + 2] = reach * reach;
    }
  }

  /** Whether the point at a depth on the ray (`right`, `up`, 1) of the camera is in shadow. */
  block(self: Placement, right: number, up: number, depth: number): boolean {
    const { casters, circles } = this;
    const u = this.across.at(right, up, depth);
    const v = this.aside.at(right, up, depth);
    for (let index = 0; index < casters.length; index += 1) {
      const du = u - circles[3 * index]!;
      const dv = v - circles[3 * index + 1]!;
      if (du * du + dv * dv > circles[3 * index + 2]!) continue;
      const caster = casters[index]!;
      if (caster === self) continue;
      const x = caster.forwardX + up * caster.upX + right * caster.rightX;
      const y = caster.forwardY + up * caster.upY + right * caster.rightY;
      const z = caster.forwardZ + up * caster.upZ + right * caster.rightZ;
      const enter = ENTERS_AT[caster.shape];
      if (enter === undefined) continue;
      if (enter(caster, caster.x + depth * x, caster.y + depth * y, caster.z + depth * z) < -TOUCH) {
        return true;
      }
    }
    return false;
  }
}

/** A direction in the world and along the camera's axes. */
class LightAxis {
  x = 1;
  y = 0;
  z = 0;
  private origin = 0;
  private right = 0;
  private up = 0;
  private forward = 0;

  set(view: View, x: number, y: number, z: number): void {
    const length = Math.sqrt(x * x + y * y + z * z);
    this.x = x / length;
    this.y = y / length;
    this.z = z / length;
    this.origin = this.x * view.x + this.y * view.y + this.z * view.z;
    this.right = this.along(view.right);
    this.up = this.along(view.up);
    this.forward = this.along(view.forward);
  }

  at(right: number, up: number, depth: number): number {
    return this.origin + depth * (this.forward + up * this.up + right * this.right);
  }

  project({ positions }: Poses, drawable: number): number {
    const at = 3 * drawable;
    return this.x * positions[at]! + this.y * positions[at + 1]! + this.z * positions[at + 2]!;
  }

  private along(axis: Vector3): number {
    return this.x * axis[0] + this.y * axis[1] + this.z * axis[2];
  }
}
