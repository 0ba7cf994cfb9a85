import type { Pose } from "../environment/types.ts";
import { inverse, multiply, toRotationVector } from "../world/rotations.ts";
import { ARM_JOINTS } from "./arm-chain.ts";
import { forward, jacobian } from "./kinematics.ts";
import { solveDense } from "./solve-dense.ts";

/** Damping of the least squares, in metres: keeps joint speeds finite near singular poses, where it gives up accuracy. */
const DAMPING = 0.01;
/** Radians count as this many metres in the error. */
const RADIAN = 0.3;

export interface IkOptions {
  /** Most radians that a joint may turn away from the start. */
  readonly reach?: number;
  readonly iterations?: number;
}

/**
 * Joint angles `[6]` whose effector pose comes closest to `target`, found from `start` by damped least squares
 * (Wampler 1986), within the joints' ranges.
 */
export function solveIk(
  start: ArrayLike<number>,
  target: Pose,
  { reach = Infinity, iterations = 8 }: IkOptions = {},
): number[] {
  const angles = Array.from(start);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const pose = forward(angles);
    const turn = toRotationVector(multiply(target.rotation, inverse(pose.rotation)));
    const error = [
      ...target.position.map((value, axis) => value - (pose.position[axis] ?? 0)),
      ...turn.map((value) => value * RADIAN),
    ];
    if (Math.hypot(...error) < 1e-9) break;
    const rows = jacobian(pose).map((row, index) => (index < 3 ? row : row.map((value) => value * RADIAN)));
    const step = dampedStep(rows, error);
    for (const [joint, { range }] of ARM_JOINTS.entries()) {
      const from = start[joint] ?? 0;
      const low = Math.max(range[0], from - reach);
      const high = Math.min(range[1], from + reach);
      angles[joint] = Math.max(low, Math.min(high, (angles[joint] ?? 0) + (step[joint] ?? 0)));
    }
  }
  return angles;
}

/** `Jᵀ (J Jᵀ + λ² I)⁻¹ e`. */
function dampedStep(rows: readonly number[][], error: readonly number[]): number[] {
  const square = rows.map((row, i) =>
    rows.map((other, j) => dot(row, other) + (i === j ? DAMPING * DAMPING : 0)),
  );
  const weights = solveDense(square, error);
  return Array.from({ length: 6 }, (_, joint) =>
    rows.reduce((sum, row, index) => sum + (row[joint] ?? 0) * (weights[index] ?? 0), 0),
  );
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
