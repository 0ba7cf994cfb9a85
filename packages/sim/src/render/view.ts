import type { Camera } from "./types.ts";

/** What is nearer than this is cut away, metres. */
export const NEAR = 0.003;

/**
 * A camera on the grid of samples: two samples a pixel each way and one more, so that a pixel has a sample at its
 * centre and shares the ones on its border with its neighbours.
 */
export class View {
  readonly columns: number;
  readonly rows: number;
  /** Grid coordinates of the optical axis. */
  readonly centreX: number;
  readonly centreY: number;
  /** Focal length, grid steps. */
  focal = 1;
  /** Camera position and its axes right, up and forward in the world. */
  x = 0;
  y = 0;
  z = 0;
  readonly right: Float64Array = new Float64Array(3);
  readonly up: Float64Array = new Float64Array(3);
  readonly forward: Float64Array = new Float64Array(3);
  /** For culling: 1 / cosine of half the field of view across and upright, times the tangent where it says so. */
  slopeX = 0;
  slopeY = 0;
  secantX = 0;
  secantY = 0;

  constructor(width: number, height: number) {
    this.columns = 2 * width + 1;
    this.rows = 2 * height + 1;
    this.centreX = width;
    this.centreY = height;
  }

  aim(camera: Camera): void {
    const { position, rotation } = camera;
    this.x = position[0]!;
    this.y = position[1]!;
    this.z = position[2]!;
    for (let row = 0; row < 3; row += 1) {
      this.right[row] = rotation[3 * row]!;
      this.up[row] = rotation[3 * row + 1]!;
      this.forward[row] = -rotation[3 * row + 2]!;
    }
    this.slopeY = Math.tan((camera.fovy * Math.PI) / 360);
    this.focal = this.centreY / this.slopeY;
    this.slopeX = this.centreX / this.focal;
    this.secantX = Math.sqrt(1 + this.slopeX * this.slopeX);
    this.secantY = Math.sqrt(1 + this.slopeY * this.slopeY);
  }
}
