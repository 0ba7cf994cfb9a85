import { Occluders } from "./occluders.ts";
import { patternShare } from "./pattern.ts";
import type { Placement } from "./placement.ts";
import { SurfacePoint } from "./surface-point.ts";
import type { Light, Poses } from "./types.ts";
import type { View } from "./view.ts";
import { faceOf, SHADOWED } from "./visibility.ts";

/** What is left of the ambient light on a face that looks down. */
const GROUND = 0.55;
/** Strength of the highlight on round shapes. */
const SHINE = 0.22;
/** At grazing angles a pattern is averaged over at most this many pixels' widths: 1 / 7. */
const GRAZING = 0.15;

/** Colours points of surfaces. `red`, `green`, `blue` hold the last result, 0 and up. */
export class Shader {
  red = 0;
  green = 0;
  blue = 0;
  private readonly view: View;
  private readonly point = new SurfacePoint();
  private readonly occluders = new Occluders();
  private ambient = 0;
  private diffuse = 0;
  private lightRed = 0;
  private lightGreen = 0;
  private lightBlue = 0;

  constructor(view: View) {
    this.view = view;
  }

  begin(casters: readonly Placement[], poses: Poses, light: Light): void {
    this.occluders.begin(this.view, casters, poses, light);
    this.ambient = light.ambient;
    this.diffuse = light.diffuse;
    [this.lightRed, this.lightGreen, this.lightBlue] = light.colour;
  }

  /**
   * @param key what is seen
   * @param column,row where on the grid of samples; need not be whole
   * @param inverseDepth 1 / depth there, per metre
   */
  shade(placed: Placement, key: number, column: number, row: number, inverseDepth: number): void {
    const { view, point } = this;
    const { material } = placed;
    const step = 1 / view.focal;
    const across = (column - view.centreX) * step;
    const up = (view.centreY - row) * step;
    const rayX = placed.forwardX + up * placed.upX + across * placed.rightX;
    const rayY = placed.forwardY + up * placed.upY + across * placed.rightY;
    const rayZ = placed.forwardZ + up * placed.upZ + across * placed.rightZ;
    const depth = 1 / inverseDepth;
    point.find(
      placed,
      faceOf(key),
      placed.x + depth * rayX,
      placed.y + depth * rayY,
      placed.z + depth * rayZ,
    );
    const { normalX, normalY, normalZ } = point;
    const ray = 1 / Math.sqrt(1 + across * across + up * up);
    const facing = -(normalX * rayX + normalY * rayY + normalZ * rayZ) * ray;
    const lit = -(normalX * placed.lightX + normalY * placed.lightY + normalZ * placed.lightZ);
    const sky = normalX * placed.skyX + normalY * placed.skyY + normalZ * placed.skyZ;
    let brightness = this.ambient * (GROUND + (1 - GROUND) * (0.5 + 0.5 * sky));
    let shine = 0;
    const inShadow =
      !(lit > 0) ||
      (key & SHADOWED) !== 0 ||
      (placed.id !== 0 && this.occluders.block(placed, across, up, depth));
    if (!inShadow) {
      brightness += this.diffuse * lit;
      if (!material.flat) {
        const along = (rayX * placed.lightX + rayY * placed.lightY + rayZ * placed.lightZ) * ray;
        const glance = 2 * lit * facing - along;
        if (glance > 0) {
          const squared = glance * glance;
          const fourth = squared * squared;
          shine = SHINE * this.diffuse * fourth * fourth * fourth;
        }
      }
    }
    let share = 0;
    if (material.pattern !== 0) {
      const width = (2 * step * depth) / (facing > GRAZING ? facing : GRAZING);
      share = patternShare(material.pattern, point.u, point.v, width * material.frequency);
    }
    this.red = this.lightRed * ((material.red + share * material.redShift) * brightness + shine);
    this.green = this.lightGreen * ((material.green + share * material.greenShift) * brightness + shine);
    this.blue = this.lightBlue * ((material.blue + share * material.blueShift) * brightness + shine);
  }

  /** Where nothing is seen: a wall that gets brighter upwards. */
  shadeBackground(column: number, row: number): void {
    const { view } = this;
    const step = 1 / view.focal;
    const across = (column - view.centreX) * step;
    const up = (view.centreY - row) * step;
    const rise = view.forward[2] + up * view.up[2] + across * view.right[2];
    const share = 0.5 + (0.5 * rise) / Math.sqrt(1 + across * across + up * up);
    const brightness = this.ambient + 0.6 * this.diffuse;
    this.red = this.lightRed * brightness * (0.42 + 0.44 * share);
    this.green = this.lightGreen * brightness * (0.43 + 0.47 * share);
    this.blue = this.lightBlue * brightness * (0.46 + 0.49 * share);
  }
}
