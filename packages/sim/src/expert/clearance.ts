import type { WorldState } from "../environment/types.ts";
import { rotateBack, centreOf, halfExtent } from "../tasks/pose-geometry.ts";
import type { Thing } from "./types.ts";

/** Room that the open hand takes to both sides: across the fingers and along their way, metres. */
const HAND = [0.03, 0.06] as const;
const MARGIN = 0.015;
/** The hand sinks this many metres for each metre away from an obstacle. */
const SLOPE = 1;

/** Height that keeps what is at the effector's place above all things but those left out. */
export function clearanceHeight(
  state: WorldState,
  things: readonly Thing[],
  leftOut: readonly Thing[],
): number {
  let height = 0;
  for (const thing of things) {
    if (leftOut.includes(thing)) continue;
    const { size, pose } = thing;
    const centre = centreOf(pose, size);
    const { position } = state.effector;
    const [x, y] = rotateBack(state.effector, [centre[0] - position[0], centre[1] - position[1], 0]);
    const gap = Math.max(Math.abs(x) - HAND[0] - size.half[0], Math.abs(y) - HAND[1] - size.half[1], 0);
    height = Math.max(height, centre[2] + halfExtent(pose, size) + MARGIN - SLOPE * gap);
  }
  return height;
}

/** What a thing stands on or in. */
export function thingsBelow(thing: Thing, things: readonly Thing[]): Thing[] {
  const [x, y, z] = centreOf(thing.pose, thing.size);
  const lowest = z - halfExtent(thing.pose, thing.size);
  return things.filter(({ name, pose, size }) => {
    if (name === thing.name) return false;
    const centre = centreOf(pose, size);
    const inside = Math.abs(x - centre[0]) < size.half[0] && Math.abs(y - centre[1]) < size.half[1];
    return inside && lowest < centre[2] + halfExtent(pose, size) + MARGIN;
  });
}
