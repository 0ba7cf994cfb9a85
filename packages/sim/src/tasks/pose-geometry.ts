import type { Pose } from "../environment/types.ts";
import type { Vector3 } from "../render/types.ts";
import type { Dimensions } from "./dimensions.ts";

/** Turns a vector of the body's frame into the world's. */
export function rotate({ rotation }: Pick<Pose, "rotation">, vector: Vector3): Vector3 {
  return turned(rotation, vector, 1);
}

/** Turns a vector of the world's frame into the body's. */
export function rotateBack({ rotation }: Pick<Pose, "rotation">, vector: Vector3): Vector3 {
  return turned(rotation, vector, -1);
}

// Indices, not patterns: this is where the expert spends its time.
function turned(rotation: Pose["rotation"], vector: Vector3, sense: 1 | -1): Vector3 {
  const w = rotation[0];
  const x = sense * rotation[1];
  const y = sense * rotation[2];
  const z = sense * rotation[3];
  const a = vector[0];
  const b = vector[1];
  const c = vector[2];
  const tx = 2 * (y * c - z * b);
  const ty = 2 * (z * a - x * c);
  const tz = 2 * (x * b - y * a);
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}

/** The point at `offset` in the body's frame, in the world's. */
export function pointOf(pose: Pose, offset: Vector3): Vector3 {
  const [x, y, z] = rotate(pose, offset);
  return [pose.position[0] + x, pose.position[1] + y, pose.position[2] + z];
}

/** Middle of a body that stands on its base, in the world's frame. */
export function centreOf(pose: Pose, { height }: Dimensions): Vector3 {
  return pointOf(pose, [0, 0, height / 2]);
}

/** Half of a body's vertical extent, however it lies: exact where it stands, and where it lies on its side. */
export function halfExtent(pose: Pose, { half, height, round }: Dimensions): number {
  const upright = Math.abs(rotate(pose, [0, 0, 1])[2]);
  if (round) return (upright * height) / 2 + Math.sqrt(Math.max(0, 1 - upright * upright)) * half[0];
  const [x, y] = [Math.abs(rotate(pose, [1, 0, 0])[2]), Math.abs(rotate(pose, [0, 1, 0])[2])];
  return x * half[0] + y * half[1] + (upright * height) / 2;
}
