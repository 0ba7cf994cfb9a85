import type { Vector3 } from "../render/types.ts";
import { BALL_RADIUS } from "./balls.ts";
import type { Body } from "./types.ts";

/** Metres from the cup's axis, and above its base. */
const RING = 0.0115;
const HEIGHT = 0.0155;

/** What a cup that stands at `position` holds. */
export function ballBodies(
  [x, y, z]: Vector3,
  names: readonly string[],
  idOf: (name: string) => number,
  bodyNamed: (name: string) => string,
): Body[] {
  return names.map((name, index) => {
    const angle = (2 * Math.PI * index) / names.length;
    return {
      name: bodyNamed(name),
      position: [x + RING * Math.cos(angle), y + RING * Math.sin(angle), z + HEIGHT],
      joint: "free",
      id: idOf(name),
      parts: [
        {
          shape: "sphere",
          size: [BALL_RADIUS, 0, 0],
          position: [0, 0, 0],
          surface: { colour: [0.98, 0.9, 0.55] },
          mass: 0.005,
          friction: [0.6, 0.005, 0.002],
        },
      ],
    };
  });
}
