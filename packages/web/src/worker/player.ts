import { keepAll } from "@vla-pruner/core";
import type { Policy, ViewSpan } from "@vla-pruner/core";
import { callMilliseconds, runEpisode } from "@vla-pruner/eval/closed-loop";
import type { EpisodeOutcome } from "@vla-pruner/eval/closed-loop";
import { CAMERAS, taskNamed, testSeed } from "@vla-pruner/sim";
import type { CameraName, Simulator, Tabletop } from "@vla-pruner/sim";
import type { Command, Pictures, PrunerChoice, Report } from "../messages.ts";
import { livePruner } from "./chosen-pruner.ts";
import { shownCall } from "./shown-call.ts";

type Play = Extract<Command, { type: "play" }>;

/** Plays one episode after another, and can be adjusted while it does. */
export class Player {
  readonly #policy: Policy;
  readonly #simulator: Simulator;
  readonly #report: (report: Report) => void;
  #choice: PrunerChoice = { name: "keep-all", retention: 1 };
  #compare = false;
  #stop = new AbortController();

  constructor(policy: Policy, simulator: Simulator, report: (report: Report) => void) {
    this.#policy = policy;
    this.#simulator = simulator;
    this.#report = report;
  }

  /** Takes effect at the next call. */
  adjust({ retention, compare }: Pick<PrunerChoice, "retention"> & { compare: boolean }): void {
    this.#choice = { ...this.#choice, retention };
    this.#compare = compare;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** @returns how it went; `null` where it was stopped */
  async play({ task: name, seed, choice, compare }: Play): Promise<EpisodeOutcome | null> {
    this.#choice = choice;
    this.#compare = compare;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const task = taskNamed(name);
    const dense = this.#policy.startEpisode({ pruner: keepAll() });
    let world: Tabletop | undefined;
    let beside: number | null = null;
    try {
      return await runEpisode(
        this.#policy,
        this.#watched((started) => (world = started)),
        {
          task,
          seed: testSeed(seed),
          pruner: livePruner(() => this.#choice),
          signal,
          beforeCall: async () => {
            await messagesTaken();
            beside = null;
            if (world === undefined || !this.#compare || this.#keepsAll()) return;
            const { instruction, state } = world.observe();
            const images = this.#pictures(world);
            beside = callMilliseconds(await dense.act({ images, instruction, state }, { signal }));
          },
          onCall: ({ step, images, result }) =>
            this.#report({ type: "call", step, call: shownCall(result, images as Pictures, beside) }),
        },
      );
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  #keepsAll(): boolean {
    return this.#choice.name === "keep-all" || this.#choice.retention === 1;
  }

  /** The same simulator; every control step is shown. */
  #watched(onStart: (world: Tabletop) => void): Simulator {
    return {
      start: (task, options) => {
        const world = this.#simulator.start(task, options);
        const step = world.step.bind(world);
        world.step = (action) => {
          const outcome = step(action);
          this.#report({ type: "step", step: world.steps, pictures: this.#pictures(world) });
          return outcome;
        };
        onStart(world);
        const { instruction } = world;
        this.#report({ type: "scene", instruction, pictures: this.#pictures(world), horizon: task.horizon });
        return world;
      },
    };
  }

  /** What the cameras see, by the policy's names. */
  #pictures(world: Tabletop): Pictures {
    const { images } = world.observe();
    const { views } = this.#policy.adapter.layout;
    return Object.fromEntries(views.map((view, index) => [view.name, images[cameraOf(view, index)]]));
  }
}

/** The simulator's camera behind a view: by name, else by order, as the closed loop has it. */
function cameraOf({ name }: ViewSpan, index: number): CameraName {
  return CAMERAS.find((camera) => camera === name) ?? CAMERAS[index] ?? "image";
}

/** A run of a graph never lets the worker's messages in; this does. */
function messagesTaken(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
