import { checkDrawable, checkSize, checkView } from "./check.ts";
import { drawBox, drawPlane } from "./draw-box.ts";
import { drawCapsuleSpan } from "./draw-capsule.ts";
import { drawCylinderSpan } from "./draw-cylinder.ts";
import { drawEllipsoidSpan } from "./draw-ellipsoid.ts";
import { drawRound, type DrawSpan } from "./draw-round.ts";
import { drawShadow } from "./draw-shadow.ts";
import { Placement } from "./placement.ts";
import { Polygon } from "./polygon.ts";
import { Resolver } from "./resolve.ts";
import { ENTERS_AT } from "./shadow-line.ts";
import type { Camera, Drawable, Light, Poses, RenderedFrame } from "./types.ts";
import { View } from "./view.ts";
import { Visibility } from "./visibility.ts";

const SPANS: Partial<Record<Drawable["shape"], DrawSpan>> = {
  sphere: drawEllipsoidSpan,
  ellipsoid: drawEllipsoidSpan,
  cylinder: drawCylinderSpan,
  capsule: drawCapsuleSpan,
};

/**
 * Draws simple shapes in software: exact outlines, z-buffer, Lambert shading with a small highlight, shadows on
 * things and, anti-aliased, on the table z = 0, anti-aliased edges. The same input gives the same bytes.
 */
export class Renderer {
  readonly width: number;
  readonly height: number;
  private readonly view: View;
  private readonly seen: Visibility;
  private readonly polygon: Polygon;
  private readonly resolver: Resolver;
  private placements: readonly Placement[] = [];
  private casters: readonly Placement[] = [];

  /** @throws `render-invalid` when a side is not 1 … 4096 pixels */
  constructor(options: { readonly width: number; readonly height: number }) {
    checkSize(options.width, options.height);
    this.width = options.width;
    this.height = options.height;
    this.view = new View(this.width, this.height);
    this.seen = new Visibility(this.view.columns * this.view.rows);
    this.polygon = new Polygon(this.view);
    this.resolver = new Resolver(this.view);
  }

  /**
   * What the next pictures show.
   *
   * @throws `render-invalid` for an unknown shape or pattern, or numbers out of range
   */
  setScene(drawables: readonly Drawable[]): void {
    for (const [index, drawable] of drawables.entries()) checkDrawable(drawable, index);
    this.placements = drawables.map((drawable, index) => new Placement(drawable, index));
    this.casters = this.placements.filter((placed) => placed.castsShadow && !placed.empty);
  }

  /**
   * One picture, x to the right and y downwards, of the drawables where `poses` has them.
   *
   * @throws `render-invalid` for poses of another number of drawables, or numbers that are not finite
   */
  render(camera: Camera, poses: Poses, light: Light): RenderedFrame {
    checkView(camera, poses, light, this.placements.length);
    this.view.aim(camera);
    this.seen.clear();
    for (const placed of this.placements) {
      placed.place(this.view, poses, light);
      if (placed.inView(this.view)) this.draw(placed);
    }
    this.drawShadows(light);
    this.resolver.begin(this.casters, poses, light);
    const frame: RenderedFrame = {
      pixels: new Uint8Array(3 * this.width * this.height),
      ids: new Uint8Array(this.width * this.height),
      width: this.width,
      height: this.height,
    };
    this.resolver.resolve(this.placements, this.seen, frame);
    return frame;
  }

  private draw(placed: Placement): void {
    const span = SPANS[placed.shape];
    if (span !== undefined) drawRound(this.view, placed, this.polygon, this.seen, span);
    else if (placed.shape === "plane") drawPlane(this.view, placed, this.polygon, this.seen);
    else drawBox(this.view, placed, this.polygon, this.seen);
  }

  private drawShadows(light: Light): void {
    const [x, y, z] = light.direction;
    const drop = Math.sqrt(x * x + y * y + z * z) / -z;
    // Light from below, or along the table, throws no shadow on it; neither is one seen from below.
    if (!(drop > 0 && drop < 1e6) || this.view.z <= 0) return;
    for (const placed of this.casters) {
      // A box's shadow is its faces' shadow.
      const entersAt = placed.shape === "box" ? undefined : ENTERS_AT[placed.shape];
      drawShadow(this.view, placed, this.polygon, this.seen, drop, entersAt);
    }
  }
}
