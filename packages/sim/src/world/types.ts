import type { Surface, Vector3 } from "../render/types.ts";
import type { Quaternion } from "./rotations.ts";

/** A geom: what is seen, and what is touched unless `touch` says otherwise. */
export interface Part {
  readonly shape: "box" | "sphere" | "ellipsoid" | "cylinder" | "capsule";
  /** As in MuJoCo. */
  readonly size: Vector3;
  readonly position: Vector3;
  readonly rotation?: Quaternion;
  readonly surface: Surface;
  /** Default `thing`; `hand` touches things but not itself, `none` is only seen. */
  readonly touch?: "thing" | "hand" | "none";
  /** Kilograms; default 0. */
  readonly mass?: number;
  /** Sliding, turning, rolling; default `[1, 0.005, 0.0001]`. */
  readonly friction?: Vector3;
  /** Whether the third of `friction` counts: what lies on its side comes to rest. Costs time in every contact. */
  readonly settles?: boolean;
  readonly shadow?: boolean;
}

export interface Joint {
  readonly name: string;
  readonly type: "hinge" | "slide";
  readonly axis: Vector3;
  readonly range: readonly [number, number];
  readonly armature: number;
  readonly damping?: number;
}

/** A node of the kinematic tree. */
export interface Body {
  readonly name: string;
  readonly position: Vector3;
  readonly rotation?: Quaternion;
  /** How it moves against its parent; fixed without. */
  readonly joint?: Joint | "free" | "mocap";
  /** Whether it is held against gravity by means of its own. */
  readonly weightless?: boolean;
  /** Whose part it shows as; see `Drawable.id`. */
  readonly id: number;
  readonly parts: readonly Part[];
  readonly children?: readonly Body[];
}
