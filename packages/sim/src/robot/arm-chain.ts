import type { Vector3 } from "../render/types.ts";

/**
 * A six-degree-of-freedom chain like the xArm 6's, with links of our own lengths. In the zero configuration the upper
 * arm points up, the forearm ahead and the hand down, and every link's frame is parallel to the world's.
 */
export const ARM_BASE: Vector3 = [-0.45, 0, 0];

export const UPPER_ARM = 0.38;
export const FOREARM = 0.42;
/** Height of the shoulder above the table. */
export const SHOULDER = 0.27;
/** From the wrist to the fingertips. */
export const HAND = 0.22;

/** Each joint: where it sits in its parent's frame, its axis, its range in radians. */
export const ARM_JOINTS: readonly {
  readonly offset: Vector3;
  readonly axis: Vector3;
  readonly range: readonly [number, number];
}[] = [
  { offset: [0, 0, SHOULDER], axis: [0, 0, 1], range: [-2.6, 2.6] },
  { offset: [0, 0, 0], axis: [0, 1, 0], range: [-2, 2.4] },
  { offset: [0, 0, UPPER_ARM], axis: [0, 1, 0], range: [-1.5, 2.2] },
  { offset: [0, 0, 0], axis: [1, 0, 0], range: [-3, 3] },
  { offset: [FOREARM, 0, 0], axis: [0, 1, 0], range: [-2.4, 2.4] },
  { offset: [0, 0, 0], axis: [0, 0, 1], range: [-3.1, 3.1] },
];

/** The effector in the last link's frame. */
export const EFFECTOR_OFFSET: Vector3 = [0, 0, -HAND];
