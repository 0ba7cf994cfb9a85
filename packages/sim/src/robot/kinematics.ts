import type { Vector3 } from "../render/types.ts";
import { aboutAxis, IDENTITY, multiply, rotate, type Quaternion } from "../world/rotations.ts";
import { ARM_BASE, ARM_JOINTS, EFFECTOR_OFFSET } from "./arm-chain.ts";

/** Where the chain leads: the effector, and each joint's anchor and axis in the world. */
export interface ChainPose {
  readonly position: Vector3;
  readonly rotation: Quaternion;
  readonly anchors: readonly Vector3[];
  readonly axes: readonly Vector3[];
}

/** Forward kinematics of the joint angles `[6]`. */
export function forward(angles: ArrayLike<number>): ChainPose {
  let position: Vector3 = ARM_BASE;
  let rotation: Quaternion = IDENTITY;
  const anchors: Vector3[] = [];
  const axes: Vector3[] = [];
  for (const [index, { offset, axis }] of ARM_JOINTS.entries()) {
    position = add(position, rotate(rotation, offset));
    anchors.push(position);
    axes.push(rotate(rotation, axis));
    rotation = multiply(rotation, aboutAxis(axis, angles[index] ?? 0));
  }
  return { position: add(position, rotate(rotation, EFFECTOR_OFFSET)), rotation, anchors, axes };
}

/** The geometric Jacobian `[6][6]`: rows are the effector's linear and angular velocity. */
export function jacobian({ position, anchors, axes }: ChainPose): number[][] {
  const columns = axes.map((axis, index) => {
    const anchor = anchors[index] ?? position;
    const arm: Vector3 = [position[0] - anchor[0], position[1] - anchor[1], position[2] - anchor[2]];
    return [...cross(axis, arm), ...axis];
  });
  return Array.from({ length: 6 }, (_, row) => columns.map((column) => column[row] ?? 0));
}

function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
