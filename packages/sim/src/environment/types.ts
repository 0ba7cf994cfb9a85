import type { RenderedFrame, Vector3 } from "../render/types.ts";
import type { Task } from "../tasks/types.ts";

export type CameraName = "image" | "wrist_image";

/** uint8 `[height, width, 3]`; fits core's `CameraFrame`. */
export interface SimulatedFrame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
}

/** What a policy gets; fits core's `Observation`. */
export interface TabletopObservation<Camera extends CameraName = CameraName> {
  readonly images: Readonly<Record<Camera, SimulatedFrame>>;
  readonly instruction: string;
  /** `[8]`: end effector position (metres), axis-angle (radians), the two fingers' openings (metres), as in LIBERO. */
  readonly state: readonly number[];
}

/** Things that a policy was not promised. All off by default, all deterministic from the episode's seed. */
export interface Disturbances {
  /** Jitter of the agent camera: standard deviation, radians and centimetres. */
  readonly shake?: number;
  /** The agent camera turns around the table, radians a control step. */
  readonly pan?: number;
  /** The first goal's target slides on the table, metres a control step. */
  readonly movingTarget?: number;
  /** The light changes during the episode, 0 … 1. */
  readonly lighting?: number;
  /** A box hangs between agent camera and table for the middle third of the episode. */
  readonly occluder?: boolean;
}

export interface EpisodeOptions {
  /** Draws scene, colours of the room, wording, start pose. Even seeds are for training, odd ones for tests: see `trainSeed`, `testSeed`. */
  readonly seed: number;
  /** Side of the square pictures, pixels. Default 112. */
  readonly size?: number;
  readonly disturbances?: Disturbances;
  /** `home` (default), or a random arm pose over the table, for training data. */
  readonly start?: "home" | "anywhere";
}

/** Pose of a body: metres, and a unit quaternion `w x y z`. */
export interface Pose {
  readonly position: Vector3;
  readonly rotation: readonly [number, number, number, number];
}

/** The true state: for the expert, success, oracles and reports. No policy sees it. */
export interface WorldState {
  /** The point between the fingertips. Its rotation is the identity where the gripper points down and closes along y. */
  readonly effector: Pose;
  /** Distance between the fingertips' inner faces, metres. */
  readonly opening: number;
  /** What lies between the fingers and is lifted by them, if anything. */
  readonly holding: string | null;
  readonly objects: Readonly<Record<string, Pose>>;
  /** Index of the first goal that is not reached yet; `goals.length` when all are. Reached: it holds, the gripper let go, things rest. */
  readonly goal: number;
}

export interface StepOutcome {
  /** All goals are reached: what they ask for holds, the gripper has let go and things rest. */
  readonly success: boolean;
  /** The horizon is used up, or success. */
  readonly done: boolean;
}

/** Whose part a pixel shows, by the current goal. */
export type Role = "object" | "target" | "gripper";

/** What the pixels show. */
export interface Segmentation<Camera extends CameraName = CameraName> {
  readonly frames: Readonly<Record<Camera, RenderedFrame>>;
  /** Which ids play which role under the current goal. */
  readonly roles: Readonly<Record<Role, readonly number[]>>;
  /** Id → object name (objects only). */
  readonly names: ReadonlyMap<number, string>;
}

/** One episode of one task. After `dispose`, what reads or changes the world throws `disposed`. */
export interface Tabletop {
  readonly task: Task;
  readonly seed: number;
  readonly instruction: string;
  /** Control steps done. */
  readonly steps: number;
  /** What the cameras see now, both by default. Does not advance anything, and renders a camera once a control step. */
  observe<Camera extends CameraName = CameraName>(cameras?: readonly Camera[]): TabletopObservation<Camera>;
  /** The same frames with ids. */
  segmentation<Camera extends CameraName = CameraName>(cameras?: readonly Camera[]): Segmentation<Camera>;
  /**
   * One control step of 0.1 s (50 physics steps of 2 ms).
   *
   * @param action `[7]`, each −1 … 1 (clipped): position (of `ACTION_SCALE.position` metres), rotation vector
   * (of `ACTION_SCALE.rotation` radians), both relative to the measured pose in the world frame; gripper: below 0 opens, above 0 closes, 0 stays
   * @throws `action-invalid`, and `usage` after the episode's end
   */
  step(action: ArrayLike<number>): StepOutcome;
  state(): WorldState;
  /** Everything that `step` depends on, float64 in the machine's byte order. */
  snapshot(): Uint8Array;
  /** Goes on from a snapshot of the same task and disturbances. @throws `state-invalid` */
  restore(snapshot: Uint8Array): void;
  /** Gives the episode's memory back; a second call does nothing. */
  dispose(): void;
}

/** Holds the WASM module; episodes come from here. */
export interface Simulator {
  /** @throws `task-invalid`, `invalid-option` */
  start(task: Task, options: EpisodeOptions): Tabletop;
}
