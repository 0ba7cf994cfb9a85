import type { Camera, Vector3 } from "./types.ts";

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
  right: Vector3 = [1, 0, 0];
  up: Vector3 = [0, 1, 0];
  forward: Vector3 = [0, 0, -1];
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
    this.right = [rotation[0]!, rotation[3]!, rotation[6]!];
    this.up = [rotation[1]!, rotation[4]!, rotation[7]!];
    this.forward = [-rotation[2]!, -rotation[5]!, -rotation[8]!];
    this.slopeY = Math.tan((camera.fovy * Math.PI) / 360);
    this.focal = this.centreY / this.slopeY;
    this.slopeX = this.centreX / this.focal;
    this.secantX = Math.sqrt(1 + this.slopeX * this.slopeX);
    this.secantY = Math.sqrt(1 + this.slopeY * this.slopeY);
  }
}
