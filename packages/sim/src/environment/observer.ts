import type { Physics } from "../mujoco/physics.ts";
import { Renderer } from "../render/renderer.ts";
import type { Drawable, Light, RenderedFrame } from "../render/types.ts";
import { agentCamera, wristCamera } from "./cameras.ts";
import { lightAt } from "./lighting.ts";
import type { CameraName, Disturbances, Pose, SimulatedFrame } from "./types.ts";

export interface ObserverOptions {
  readonly seed: number;
  readonly size: number;
  readonly disturbances: Disturbances;
}

type Frames = Readonly<Record<CameraName, RenderedFrame>>;

/** Takes the pictures of an episode. */
export class Observer {
  readonly #renderer: Renderer;
  readonly #light: Light;
  readonly #options: ObserverOptions;
  #frames: Frames | undefined;

  constructor(drawables: readonly Drawable[], light: Light, options: ObserverOptions) {
    this.#renderer = new Renderer({ width: options.size, height: options.size });
    this.#renderer.setScene(drawables);
    this.#light = light;
    this.#options = options;
  }

  /** The last frames. */
  get frames(): Frames | undefined {
    return this.#frames;
  }

  forget(): void {
    this.#frames = undefined;
  }

  observe(physics: Physics, effector: Pose, steps: number): Record<CameraName, SimulatedFrame> {
    const { image, wrist_image } = this.render(physics, effector, steps);
    return { image: pictureOf(image), wrist_image: pictureOf(wrist_image) };
  }

  render(physics: Physics, effector: Pose, steps: number): Frames {
    const { seed, disturbances } = this.#options;
    // Geom 0 is the plane that nobody sees.
    const poses = {
      positions: physics.array("geom_xpos").subarray(3),
      rotations: physics.array("geom_xmat").subarray(9),
    };
    const light = lightAt(this.#light, disturbances.lighting ?? 0, seed, steps);
    this.#frames = {
      image: this.#renderer.render(agentCamera(seed, steps, disturbances), poses, light),
      wrist_image: this.#renderer.render(wristCamera(effector), poses, light),
    };
    return this.#frames;
  }
}

function pictureOf({ pixels, width, height }: RenderedFrame): SimulatedFrame {
  return { data: pixels, width, height, channels: 3 };
}
