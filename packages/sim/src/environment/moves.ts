import type { Physics } from "../mujoco/physics.ts";
import type { Task } from "../tasks/types.ts";
import { OCCLUDER, OCCLUDER_AWAY, OCCLUDER_SHOWN } from "../world/occluder.ts";
import { seededRandom, STREAM } from "../world/seeded-random.ts";
import type { Disturbances } from "./types.ts";
import type { World } from "./world.ts";

/** Control steps after which a moving target turns back, and metres that it strays at most. */
const TURNING = 40;
const STRAY = 0.04;
/** Control steps a second. */
const RATE = 10;

/** What moves without being asked to. */
export class Moves {
  /** Of the moving target, metres a second. */
  readonly speed: number;
  readonly #task: Task;
  readonly #disturbances: Disturbances;
  readonly #physics: Physics;
  readonly #world: World;
  readonly #direction: readonly [number, number];
  readonly #turning: number;
  #way: readonly [number, number] = [0, 0];

  constructor(task: Task, seed: number, disturbances: Disturbances, physics: Physics, world: World) {
    this.#task = task;
    this.#disturbances = disturbances;
    this.#physics = physics;
    this.#world = world;
    const angle = 2 * Math.PI * seededRandom(seed, STREAM.targetMotion)();
    this.#direction = [Math.cos(angle), Math.sin(angle)];
    const { movingTarget = 0 } = disturbances;
    this.speed = Math.abs(movingTarget) * RATE;
    this.#turning = Math.max(
      1,
      Math.min(TURNING, Math.round(STRAY / Math.max(1e-9, Math.abs(movingTarget)))),
    );
  }

  /** Before control step `steps`. */
  begin(steps: number): void {
    const { movingTarget = 0, occluder = false } = this.#disturbances;
    // Out, back through the start to the other side, and so on.
    const leg = Math.floor((steps + this.#turning) / (2 * this.#turning));
    const sign = leg % 2 === 0 ? movingTarget : -movingTarget;
    this.#way = [this.#direction[0] * sign, this.#direction[1] * sign];
    if (!occluder) return;
    const { horizon } = this.#task;
    const shown = steps >= horizon / 3 && steps < (2 * horizon) / 3;
    const row = this.#physics.mocapRow(this.#physics.body(OCCLUDER));
    this.#physics.array("mocap_pos").set(shown ? OCCLUDER_SHOWN : OCCLUDER_AWAY, 3 * row);
  }

  /** Before each of the `substeps` physics steps of it. */
  advance(substeps: number): void {
    const target = this.#task.goals[0]?.target;
    const [x, y] = this.#way;
    if (target === undefined || (x === 0 && y === 0)) return;
    this.#world.shift(target, [x / substeps, y / substeps, 0]);
  }
}
