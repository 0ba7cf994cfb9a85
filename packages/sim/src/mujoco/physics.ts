import type { DoubleBuffer, MjData, MjModel } from "@mujoco/mujoco";
import { VlaPrunerError } from "@vla-pruner/format";
import type { MujocoModule } from "./load-mujoco.ts";

/** Two geoms that meet. */
export interface Contact {
  readonly geoms: readonly [number, number];
  /** z part of the normal, 0 … 1. */
  readonly upright: number;
  /** Height of the contact, metres. */
  readonly height: number;
}

type ArrayName = "ctrl" | "geom_xmat" | "geom_xpos" | "mocap_pos" | "qpos" | "qvel" | "xpos" | "xquat";

/** A model and its state. Its memory is WASM's: `dispose` gives it back. */
export class Physics {
  readonly #module: MujocoModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #state: DoubleBuffer;
  readonly #kind: number;
  readonly #views = new Map<ArrayName, Float64Array>();

  /** @param mjcf the model's text, without files beside it */
  constructor(module: MujocoModule, mjcf: string) {
    this.#module = module;
    this.#model = compile(module, mjcf);
    this.#data = new module.MjData(this.#model);
    this.#kind = module.mjtState.mjSTATE_INTEGRATION.value;
    const size = module.mj_stateSize(this.#model, this.#kind);
    this.#state = new module.DoubleBuffer(size);
    this.updatePoses();
  }

  /** One of MuJoCo's arrays, float64. Valid until the next call of any method. */
  array(name: ArrayName): Float64Array {
    const known = this.#views.get(name);
    // A view is empty once WASM's memory has grown.
    if (known !== undefined && known.length > 0) return known;
    const view: Float64Array = this.#data[name];
    this.#views.set(name, view);
    return view;
  }

  body(name: string): number {
    return this.#module.mj_name2id(this.#model, this.#module.mjtObj.mjOBJ_BODY.value, name);
  }

  /** Body of each geom. */
  bodyOfGeoms(): Int32Array {
    return Int32Array.from(this.#model.geom_bodyid);
  }

  /** Where each free body's position begins in `qpos`, and its velocity in `qvel`. */
  freeJoint(body: number): { readonly position: number; readonly velocity: number } {
    const joint: number = this.#model.body_jntadr[body];
    return { position: this.#model.jnt_qposadr[joint], velocity: this.#model.jnt_dofadr[joint] };
  }

  /** Which row of `mocap_pos` moves this body. */
  mocapRow(body: number): number {
    return this.#model.body_mocapid[body];
  }

  step(): void {
    this.#module.mj_step(this.#model, this.#data);
  }

  /** Brings the poses of bodies and geoms up to the positions. */
  updatePoses(): void {
    this.#module.mj_kinematics(this.#model, this.#data);
  }

  /** What met in the last step. */
  contacts(): Contact[] {
    const list = this.#data.contact;
    try {
      return Array.from({ length: list.size() }, (_, index) => {
        const contact = list.get(index);
        if (contact === undefined) return [];
        const { geom1, geom2, frame, pos } = contact;
        contact.delete();
        return [{ geoms: [geom1, geom2] as const, upright: Math.abs(frame[2]), height: pos[2] as number }];
      }).flat();
    } finally {
      list.delete();
    }
  }

  /** Everything that the next step depends on, float64, if `refresh` or `load` came before. */
  save(): Float64Array {
    this.#module.mj_getState(this.#model, this.#data, this.#state, this.#kind);
    return Float64Array.from(this.#state.GetView());
  }

  /** @param state what `save` returned for the same model */
  load(state: Float64Array): void {
    this.#module.mj_resetData(this.#model, this.#data);
    this.#module.mj_setState(this.#model, this.#data, Array.from(state), this.#kind);
    this.updatePoses();
  }

  /**
   * Forgets all that follows from the state, and wakes what sleeps: which trees sleep, and since when, is no part of
   * MuJoCo's state, yet the next step depends on it.
   */
  refresh(): void {
    this.load(this.save());
  }

  dispose(): void {
    this.#views.clear();
    this.#state.delete();
    this.#data.delete();
    this.#model.delete();
  }
}

function compile(module: MujocoModule, mjcf: string): MjModel {
  try {
    return module.MjModel.from_xml_string(mjcf);
  } catch (cause) {
    throw new VlaPrunerError("internal", {
      expected: "a model that MuJoCo compiles",
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "report this with the task",
      cause,
    });
  }
}
