import { DIMENSIONS } from "../tasks/dimensions.ts";
import type { ObjectSpec } from "../tasks/types.ts";

/** Where a thing stands at first. */
export interface Placed {
  readonly spec: ObjectSpec;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number;
}

/** Whether the two outlines are closer than `gap` metres, seen from above; those on each other do not count. */
export function tooClose(a: Placed, b: Placed, gap: number): boolean {
  if (isBelow(a, b) || isBelow(b, a)) return false;
  return Math.hypot(a.x - b.x, a.y - b.y) < reach(a, b) + reach(b, a) + gap;
}

/** How far `a` reaches towards `b` from its middle, metres. */
function reach(a: Placed, b: Placed): number {
  return reachTowards(a, Math.atan2(b.y - a.y, b.x - a.x));
}

/** How far a thing reaches from its middle in the direction `angle`, radians. */
export function reachTowards({ spec, yaw }: Pick<Placed, "spec" | "yaw">, angle: number): number {
  const { half, round } = DIMENSIONS[spec.kind];
  if (round) return half[0];
  // The support function, not the outline's own distance: outlines whose sum fits along a line may still cross beside it.
  return half[0] * Math.abs(Math.cos(angle - yaw)) + half[1] * Math.abs(Math.sin(angle - yaw));
}

function isBelow(lower: Placed, upper: Placed): boolean {
  return upper.spec.at?.relation === "on" && upper.spec.at.object === lower.spec.name;
}
