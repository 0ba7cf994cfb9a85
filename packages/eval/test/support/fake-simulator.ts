import type { RenderedFrame, Simulator, Tabletop, Task } from "@vla-pruner/sim";

export const TASK: Task = {
  suite: "spatial",
  name: "spatial/fake",
  wordings: ["put the cube on the plate"],
  objects: [],
  goals: [{ kind: "on", object: "cube", target: "plate" }],
  horizon: 10,
};

export interface FakeSimulatorOptions {
  /** Step at which the task is solved; never where absent. */
  readonly solvedAt?: number;
  /** Pixels that show the object (id 1), `[row, column]`, in both pictures of 8 × 8. */
  readonly object?: readonly (readonly [number, number])[];
  readonly failAt?: number;
}

/** A simulator without physics, which notes what is done to it. */
export class FakeSimulator implements Simulator {
  readonly log: string[] = [];
  readonly actions: (readonly number[])[] = [];
  readonly #options: FakeSimulatorOptions;

  constructor(options: FakeSimulatorOptions = {}) {
    this.#options = options;
  }

  start(task: Task, { seed }: { readonly seed: number }): Tabletop {
    const { log, actions } = this;
    const options = this.#options;
    const frame = (): RenderedFrame => {
      const ids = new Uint8Array(64);
      for (const [row, column] of options.object ?? []) ids[8 * row + column] = 1;
      return { pixels: new Uint8Array(192).fill(steps), ids, width: 8, height: 8 };
    };
    let steps = 0;
    return {
      task,
      seed,
      instruction: task.wordings[0],
      get steps() {
        return steps;
      },
      observe() {
        log.push("observe");
        const picture = { data: frame().pixels, width: 8, height: 8, channels: 3 } as const;
        return {
          images: { image: picture, wrist_image: picture },
          instruction: task.wordings[0],
          state: Array.from({ length: 8 }, () => 0),
        };
      },
      segmentation: () => ({
        frames: { image: frame(), wrist_image: frame() },
        roles: { object: [1], target: [2], gripper: [3] },
        names: new Map([[1, "cube"]]),
      }),
      step(action) {
        log.push("step");
        if (steps === options.failAt) throw new Error("the physics broke");
        actions.push([...(action as number[])]);
        steps += 1;
        const success = steps === options.solvedAt;
        return { success, done: success || steps >= task.horizon };
      },
      state: () => ({
        effector: { position: [0, 0, 0], rotation: [1, 0, 0, 0] },
        opening: 0.08,
        holding: null,
        objects: {},
        goal: 0,
      }),
      snapshot: () => new Uint8Array(0),
      restore: () => undefined,
      dispose: () => void log.push("dispose"),
    };
  }
}
