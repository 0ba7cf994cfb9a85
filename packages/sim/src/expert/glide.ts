import type { Vector3 } from "../render/types.ts";

export interface Way {
  /** Where the effector is. */
  readonly from: Vector3;
  /** The place above which it must come, and the height at its end, metres. */
  readonly to: Vector3;
  /** Height above the end that clears what is there. */
  readonly clear: number;
  /** Height that the surroundings ask for, metres above the table. */
  readonly surroundings: number;
  /** Off the mark by less, the hand sinks to the end, metres. */
  readonly aim: number;
  /** Metres by which the end counts as farther than it is: what keeps the hand up while something else is amiss. */
  readonly amiss?: number;
}

/** Slope of the funnel's neck, and of its mouth. */
const [NECK, MOUTH] = [5, 1];
/** Heights above `clear` are not needed beyond this. */
const CRUISE = 0.05;
/** Below its height by this much, the hand only rises. */
const SUNK = 0.03;
/** Within the first of these distances the surroundings no longer count; beyond the second they count in full. */
const FADE = [0.02, 0.05] as const;

/**
 * The next place on a way to `to` through a funnel above it: sideways as long as the hand is high enough for how
 * far it is, upwards otherwise. A continuous function of where the hand is.
 */
export function glide({ from, to, clear, surroundings, aim, amiss = 0 }: Way): Vector3 {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const distance = Math.hypot(dx, dy);
  const off = Math.max(0, distance - aim) + amiss;
  const funnel = to[2] + Math.min(NECK * off, clear + Math.min(MOUTH * off, CRUISE));
  const near = clamp((distance - FADE[0]) / (FADE[1] - FADE[0]));
  const height = funnel + Math.max(0, surroundings - funnel) * near;
  const sideways = clamp(1 - (height - from[2]) / SUNK);
  return [from[0] + dx * sideways, from[1] + dy * sideways, height];
}

export function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
