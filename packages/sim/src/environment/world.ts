import type { Physics } from "../mujoco/physics.ts";
import type { Vector3 } from "../render/types.ts";
import { bodyNamed, type Scene } from "../world/scene.ts";
import type { Pose } from "./types.ts";

const FINGERS = ["finger_left", "finger_right"] as const;
/** A contact whose normal is more upright than this carries weight. */
const CARRYING = 0.7;

/** What meets what, by the names of the task. */
export interface Touching {
  /** Things that at least one finger touches. */
  readonly touched: ReadonlySet<string>;
  /** Things between both fingers that nothing else carries. */
  readonly lifted: ReadonlySet<string>;
}

/** The things on the table, by name. */
export class World {
  readonly #physics: Physics;
  readonly #bodies: ReadonlyMap<string, number>;
  readonly #names: ReadonlyMap<number, string>;
  readonly #bodyOfGeoms: Int32Array;
  readonly #fingers: readonly number[];
  readonly #scene: Scene;

  constructor(physics: Physics, scene: Scene) {
    this.#physics = physics;
    this.#scene = scene;
    const names = [...scene.free, ...scene.fixed];
    this.#bodies = new Map(names.map((name) => [name, physics.body(bodyNamed(name))]));
    this.#names = new Map([...this.#bodies].map(([name, body]) => [body, name]));
    this.#bodyOfGeoms = physics.bodyOfGeoms();
    this.#fingers = FINGERS.map((name) => physics.body(name));
  }

  poses(): Record<string, Pose> {
    const positions = this.#physics.array("xpos");
    const rotations = this.#physics.array("xquat");
    const poses: Record<string, Pose> = {};
    for (const [name, body] of this.#bodies) {
      const [x = 0, y = 0, z = 0] = positions.subarray(3 * body, 3 * body + 3);
      const [w = 1, a = 0, b = 0, c = 0] = rotations.subarray(4 * body, 4 * body + 4);
      poses[name] = { position: [x, y, z], rotation: [w, a, b, c] };
    }
    return poses;
  }

  /** Metres a second; 0 for what is fixed. */
  speed(name: string): number {
    if (!this.#scene.free.includes(name)) return 0;
    const { velocity } = this.#physics.freeJoint(this.#bodies.get(name) ?? 0);
    return Math.hypot(...this.#physics.array("qvel").subarray(velocity, velocity + 3));
  }

  /** Moves a thing by `way`, metres, whatever it is in touch with. */
  shift(name: string, way: Vector3): void {
    const body = this.#bodies.get(name);
    if (body === undefined) return;
    const free = this.#scene.free.includes(name);
    const start = free ? this.#physics.freeJoint(body).position : 3 * this.#physics.mocapRow(body);
    const array = this.#physics.array(free ? "qpos" : "mocap_pos");
    for (const [axis, value] of way.entries()) array[start + axis] = (array[start + axis] ?? 0) + value;
  }

  touching(): Touching {
    const touched = new Set<string>();
    const carried = new Set<string>();
    const byFinger = this.#fingers.map(() => new Set<string>());
    for (const { geoms, upright } of this.#physics.contacts()) {
      const bodies = geoms.map((geom) => this.#bodyOfGeoms[geom] ?? 0);
      const things = bodies.map((body) => this.#names.get(body));
      for (const [side, name] of things.entries()) {
        if (name === undefined) continue;
        const other = bodies[1 - side] ?? 0;
        const finger = this.#fingers.indexOf(other);
        if (finger >= 0) {
          touched.add(name);
          byFinger[finger]?.add(name);
        } else if (upright > CARRYING && !this.#isAbove(things[1 - side], name)) carried.add(name);
      }
    }
    const [left, right] = byFinger;
    const lifted = [...(left ?? [])].filter((name) => right?.has(name) && !carried.has(name));
    return { touched, lifted: new Set(lifted) };
  }

  /** Whether the first thing's base is higher: then it cannot carry the second. */
  #isAbove(name: string | undefined, other: string): boolean {
    const [body, under] = [this.#bodies.get(name ?? ""), this.#bodies.get(other)];
    if (body === undefined || under === undefined) return false;
    const positions = this.#physics.array("xpos");
    return (positions[3 * body + 2] ?? 0) > (positions[3 * under + 2] ?? 0);
  }
}
