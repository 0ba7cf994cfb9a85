import type { Vector3 } from "../render/types.ts";

/** Unit quaternion `w x y z`. */
export type Quaternion = readonly [number, number, number, number];

export const IDENTITY: Quaternion = [1, 0, 0, 0];

export function multiply(a: Quaternion, b: Quaternion): Quaternion {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ];
}

export function inverse([w, x, y, z]: Quaternion): Quaternion {
  return [w, -x, -y, -z];
}

/** Rotation by `angle` radians about the unit `axis`. */
export function aboutAxis(axis: Vector3, angle: number): Quaternion {
  const sine = Math.sin(angle / 2);
  return [Math.cos(angle / 2), axis[0] * sine, axis[1] * sine, axis[2] * sine];
}

export function fromRotationVector(vector: Vector3): Quaternion {
  const angle = Math.hypot(...vector);
  if (angle < 1e-12) return IDENTITY;
  return aboutAxis([vector[0] / angle, vector[1] / angle, vector[2] / angle], angle);
}

/** Axis times angle, radians; the short way round. */
export function toRotationVector([w, x, y, z]: Quaternion): Vector3 {
  const sine = Math.hypot(x, y, z);
  if (sine < 1e-12) return [0, 0, 0];
  const angle = 2 * Math.atan2(w < 0 ? -sine : sine, Math.abs(w));
  const scale = angle / sine;
  return [x * scale, y * scale, z * scale];
}

export function rotate(rotation: Quaternion, vector: Vector3): Vector3 {
  const [, x, y, z] = multiply(multiply(rotation, [0, ...vector]), inverse(rotation));
  return [x, y, z];
}

/** Row-major `[9]`. */
export function toMatrix([w, x, y, z]: Quaternion): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
