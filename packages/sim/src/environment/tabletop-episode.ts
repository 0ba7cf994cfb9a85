import { VlaPrunerError } from "@vla-pruner/format";
import { Physics } from "../mujoco/physics.ts";
import type { MujocoModule } from "../mujoco/load-mujoco.ts";
import type { RenderedFrame } from "../render/types.ts";
import { OPEN } from "../robot/gripper.ts";
import { Robot } from "../robot/robot.ts";
import { HOME, poseAnywhere } from "../robot/start-pose.ts";
import type { Task } from "../tasks/types.ts";
import { roomLook } from "../world/room.ts";
import { toRotationVector } from "../world/rotations.ts";
import { buildScene, type Scene } from "../world/scene.ts";
import { pick, seededRandom, STREAM } from "../world/seeded-random.ts";
import { CAMERAS } from "./cameras.ts";
import { checkAction } from "./check-action.ts";
import { Moves } from "./moves.ts";
import { Observer } from "./observer.ts";
import { nextGoal } from "./progress.ts";
import { rolesOf } from "./roles.ts";
import { decodeSnapshot, encodeSnapshot, type Progress } from "./snapshot.ts";
import type {
  CameraName,
  EpisodeOptions,
  Segmentation,
  SimulatedFrame,
  StepOutcome,
  Tabletop,
  TabletopObservation,
  WorldState,
} from "./types.ts";
import { World } from "./world.ts";

/** Physics steps of a control step. */
const SUBSTEPS = 50;
/** Seconds of a control step. */
const CONTROL_STEP = 0.1;
/** Physics steps in which the things settle before the episode begins. */
const SETTLING = 100;
/** Side of the pictures, pixels. */
const DEFAULT_SIZE = 112;

/** An episode on MuJoCo's physics. */
export class TabletopEpisode implements Tabletop {
  readonly task: Task;
  readonly seed: number;
  readonly instruction: string;
  readonly #scene: Scene;
  readonly #physics: Physics;
  readonly #robot: Robot;
  readonly #world: World;
  readonly #observer: Observer;
  readonly #moves: Moves;
  #progress: Progress = { steps: 0, goal: 0, holding: null };
  #disposed = false;

  constructor(module: MujocoModule, task: Task, options: EpisodeOptions) {
    const { seed, size = DEFAULT_SIZE, disturbances = {}, start = "home" } = options;
    this.task = task;
    this.seed = seed;
    this.instruction = pick(seededRandom(seed, STREAM.wording), task.wordings);
    const room = roomLook(seed);
    this.#scene = buildScene(task, seed, room, {
      occluder: disturbances.occluder === true,
      // What is moved from outside would not wake what lies on it.
      sleeps: (disturbances.movingTarget ?? 0) === 0,
    });
    this.#observer = new Observer(this.#scene.drawables, room.light, { seed, size, disturbances });
    this.#physics = new Physics(module, this.#scene.mjcf);
    this.#robot = new Robot(this.#physics);
    this.#world = new World(this.#physics, this.#scene);
    this.#moves = new Moves(task, seed, disturbances, this.#physics, this.#world);
    this.#robot.place(start === "home" ? HOME : poseAnywhere(seed));
    for (let step = 0; step < SETTLING; step += 1) this.#physics.step();
    this.#physics.refresh();
  }

  get steps(): number {
    return this.#progress.steps;
  }

  observe<Camera extends CameraName = CameraName>(
    cameras = CAMERAS as readonly Camera[],
  ): TabletopObservation<Camera> {
    const frames = this.#frames(cameras);
    const pictures = cameras.map((camera) => [camera, pictureOf(frames[camera])] as const);
    const images = Object.fromEntries(pictures) as Record<Camera, SimulatedFrame>;
    const effector = this.#robot.effector();
    const state = [...effector.position, ...toRotationVector(effector.rotation), ...this.#robot.fingers()];
    return { images, instruction: this.instruction, state };
  }

  segmentation<Camera extends CameraName = CameraName>(
    cameras = CAMERAS as readonly Camera[],
  ): Segmentation<Camera> {
    const frames = this.#frames(cameras);
    const names = new Map([...this.#scene.ids].map(([name, id]) => [id, name]));
    return { frames, names, roles: rolesOf(this.task, this.#progress.goal, this.#scene.ids) };
  }

  step(action: ArrayLike<number>): StepOutcome {
    this.#checkAlive();
    checkAction(action);
    if (this.#isDone())
      throw new VlaPrunerError("usage", {
        expected: "a step of an episode that goes on",
        found: `one after its end, at step ${String(this.steps)}`,
        fix: "start another episode, or restore a snapshot",
      });
    this.#observer.forget();
    this.#moves.begin(this.steps);
    this.#robot.move(action, SUBSTEPS, CONTROL_STEP, () => {
      this.#moves.advance(SUBSTEPS);
      this.#physics.step();
    });
    this.#judge();
    return { success: this.#isSuccess(), done: this.#isDone() };
  }

  state(): WorldState {
    this.#checkAlive();
    const [left, right] = this.#robot.fingers();
    const { holding, goal } = this.#progress;
    const opening = Math.max(0, Math.min(OPEN, left + right));
    return { effector: this.#robot.effector(), opening, holding, objects: this.#world.poses(), goal };
  }

  snapshot(): Uint8Array {
    this.#checkAlive();
    return encodeSnapshot(this.#progress, this.task, this.#physics.save());
  }

  restore(snapshot: Uint8Array): void {
    this.#checkAlive();
    const { progress, physics } = decodeSnapshot(snapshot, this.task, this.#physics.save().length);
    this.#progress = progress;
    this.#physics.load(physics);
    this.#observer.forget();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#physics.dispose();
  }

  #frames<Camera extends CameraName>(cameras: readonly Camera[]): Record<Camera, RenderedFrame> {
    this.#checkAlive();
    return this.#observer.frames(cameras, this.#physics, this.#robot.effector(), this.steps);
  }

  #judge(): void {
    const { touched, lifted } = this.#world.touching();
    this.#physics.refresh();
    const holding = this.task.objects.find(({ name }) => lifted.has(name))?.name ?? null;
    this.#progress = { ...this.#progress, steps: this.steps + 1, holding };
    const speed = (name: string): number => this.#world.speed(name);
    const goal = nextGoal(this.task, this.state(), { touched, speed, drift: this.#moves.speed });
    this.#progress = { ...this.#progress, goal };
  }

  #isSuccess(): boolean {
    return this.#progress.goal === this.task.goals.length;
  }

  #isDone(): boolean {
    return this.#isSuccess() || this.steps >= this.task.horizon;
  }

  #checkAlive(): void {
    if (!this.#disposed) return;
    throw new VlaPrunerError("disposed", {
      expected: "an episode in use",
      found: "one that was disposed",
      fix: "start another episode",
    });
  }
}

function pictureOf({ pixels, width, height }: RenderedFrame): SimulatedFrame {
  return { data: pixels, width, height, channels: 3 };
}
