import type { Physics } from "../mujoco/physics.ts";
import { Renderer } from "../render/renderer.ts";
import type { Drawable, Light, RenderedFrame } from "../render/types.ts";
import { agentCamera, wristCamera } from "./cameras.ts";
import { lightAt } from "./lighting.ts";
import type { CameraName, Disturbances, Pose } from "./types.ts";

export interface ObserverOptions {
  readonly seed: number;
  readonly size: number;
  readonly disturbances: Disturbances;
}

/** Takes the pictures of an episode, each at most once between two control steps. */
export class Observer {
  readonly #renderer: Renderer;
  readonly #light: Light;
  readonly #options: ObserverOptions;
  readonly #frames = new Map<CameraName, RenderedFrame>();

  constructor(drawables: readonly Drawable[], light: Light, options: ObserverOptions) {
    this.#renderer = new Renderer({ width: options.size, height: options.size });
    this.#renderer.setScene(drawables);
    this.#light = light;
    this.#options = options;
  }

  /** Since the world has changed. */
  forget(): void {
    this.#frames.clear();
  }

  frames<Camera extends CameraName>(
    cameras: readonly Camera[],
    physics: Physics,
    effector: Pose,
    steps: number,
  ): Record<Camera, RenderedFrame> {
    const seen = cameras.map((camera) => {
      const frame = this.#frames.get(camera) ?? this.#render(camera, physics, effector, steps);
      this.#frames.set(camera, frame);
      return [camera, frame] as const;
    });
    return Object.fromEntries(seen) as Record<Camera, RenderedFrame>;
  }

  #render(name: CameraName, physics: Physics, effector: Pose, steps: number): RenderedFrame {
    const { seed, disturbances } = this.#options;
    // Geom 0 is the plane that nobody sees.
    const poses = {
      positions: physics.array("geom_xpos").subarray(3),
      rotations: physics.array("geom_xmat").subarray(9),
    };
    const light = lightAt(this.#light, disturbances.lighting ?? 0, seed, steps);
    const camera = name === "image" ? agentCamera(seed, steps, disturbances) : wristCamera(effector);
    return this.#renderer.render(camera, poses, light);
  }
}
