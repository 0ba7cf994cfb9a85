import { patternShare } from "./pattern.ts";
import type { Placement } from "./placement.ts";
import type { Drawable, Light } from "./types.ts";
import type { View } from "./view.ts";
import { faceOf, SHADOWED } from "./visibility.ts";

/** What is left of the ambient light on a face that looks down. */
const GROUND = 0.55;
const SHINE = 0.22;
const DEFAULT_PERIOD = 0.05;

/** Colours of the background straight down and straight up. */
const LOW = [0.42, 0.43, 0.46];
const HIGH = [0.86, 0.9, 0.95];

/** Colours points of surfaces. `colour` holds the last result, each part 0 … 1. */
export class Shader {
  readonly colour: Float64Array = new Float64Array(3);
  private normalX = 0;
  private normalY = 0;
  private normalZ = 1;
  private u = 0;
  private v = 0;

  /**
   * @param key what is seen
   * @param column,row where on the grid of samples; need not be whole
   * @param inverseDepth 1 / depth there, per metre
   */
  shade(
    view: View,
    drawable: Drawable,
    placed: Placement,
    light: Light,
    key: number,
    column: number,
    row: number,
    inverseDepth: number,
  ): void {
    const step = 1 / view.focal;
    const across = (column - view.centreX) * step;
    const up = (view.centreY - row) * step;
    const rayX = placed.forwardX + up * placed.upX + across * placed.rightX;
    const rayY = placed.forwardY + up * placed.upY + across * placed.rightY;
    const rayZ = placed.forwardZ + up * placed.upZ + across * placed.rightZ;
    const depth = 1 / inverseDepth;
    const x = placed.x + depth * rayX;
    const y = placed.y + depth * rayY;
    const z = placed.z + depth * rayZ;
    this.describe(drawable, placed, faceOf(key), x, y, z);
    const { normalX, normalY, normalZ } = this;
    const ray = 1 / Math.sqrt(rayX * rayX + rayY * rayY + rayZ * rayZ);
    const facing = -(normalX * rayX + normalY * rayY + normalZ * rayZ) * ray;
    const lit = -(normalX * placed.lightX + normalY * placed.lightY + normalZ * placed.lightZ);
    const sky = normalX * placed.skyX + normalY * placed.skyY + normalZ * placed.skyZ;
    let brightness = light.ambient * (GROUND + (1 - GROUND) * (0.5 + 0.5 * sky));
    let shine = 0;
    if ((key & SHADOWED) === 0 && lit > 0) {
      brightness += light.diffuse * lit;
      if (drawable.shape !== "plane" && drawable.shape !== "box") {
        const along = (rayX * placed.lightX + rayY * placed.lightY + rayZ * placed.lightZ) * ray;
        const glance = 2 * lit * facing - along;
        if (glance > 0) {
          const squared = glance * glance;
          const fourth = squared * squared;
          shine = SHINE * light.diffuse * fourth * fourth * fourth;
        }
      }
    }
    const { surface } = drawable;
    let share = 0;
    const pattern = surface.pattern ?? "plain";
    if (pattern !== "plain") {
      const period = surface.period ?? DEFAULT_PERIOD;
      const width = (2 * step * depth) / Math.max(0.15, facing);
      share = patternShare(pattern, this.u / period, this.v / period, width / period);
    }
    for (let part = 0; part < 3; part += 1) {
      const own = surface.colour[part]!;
      const other = surface.secondary === undefined ? own * 0.7 : surface.secondary[part]!;
      this.colour[part] = light.colour[part]! * ((own + share * (other - own)) * brightness + shine);
    }
  }

  /** Where nothing is seen: a wall that gets brighter upwards. */
  shadeBackground(view: View, light: Light, column: number, row: number): void {
    const step = 1 / view.focal;
    const across = (column - view.centreX) * step;
    const up = (view.centreY - row) * step;
    const rise = view.forward[2]! + up * view.up[2]! + across * view.right[2]!;
    const share = 0.5 + (0.5 * rise) / Math.sqrt(1 + across * across + up * up);
    const brightness = light.ambient + 0.6 * light.diffuse;
    for (let part = 0; part < 3; part += 1) {
      const low = LOW[part]!;
      this.colour[part] = light.colour[part]! * brightness * (low + share * (HIGH[part]! - low));
    }
  }

  /** Finds normal and surface coordinates of a point in the shape's coordinates. */
  private describe(
    drawable: Drawable,
    placed: Placement,
    face: number,
    x: number,
    y: number,
    z: number,
  ): void {
    const { shape } = drawable;
    if (shape === "box" || shape === "plane" || (shape === "cylinder" && face > 3)) {
      const sign = face % 2 === 0 ? -1 : 1;
      const axis = face >> 1;
      this.normalX = axis === 0 ? sign : 0;
      this.normalY = axis === 1 ? sign : 0;
      this.normalZ = axis === 2 ? sign : 0;
      this.u = axis === 0 ? y : x;
      this.v = axis === 2 ? y : z;
      return;
    }
    let nx = x;
    let ny = y;
    let nz = 0;
    if (shape === "capsule") nz = z - Math.max(-placed.straight, Math.min(placed.straight, z));
    else if (shape !== "cylinder") {
      nx = x / (placed.halfX * placed.halfX);
      ny = y / (placed.halfY * placed.halfY);
      nz = z / (placed.halfZ * placed.halfZ);
    }
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    const scale = length > 0 ? 1 / length : 0;
    this.normalX = nx * scale;
    this.normalY = ny * scale;
    this.normalZ = nz * scale;
    this.v = z;
    const { pattern } = drawable.surface;
    if (pattern === undefined || pattern === "plain" || pattern === "stripes") return;
    // Around the shape a whole number of periods, so that there is no seam.
    const period = drawable.surface.period ?? DEFAULT_PERIOD;
    const turns = Math.max(1, Math.round((2 * Math.PI * placed.halfX) / period));
    this.u = (Math.atan2(y, x) / (2 * Math.PI)) * turns * period;
  }
}
