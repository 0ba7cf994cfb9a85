import type { Vector3 } from "../render/types.ts";
import type { Body } from "./types.ts";

export const OCCLUDER = "occluder";
/** Where nobody sees it. */
export const OCCLUDER_AWAY: Vector3 = [0, 0, -5];
/** Between the agent camera and the table. */
export const OCCLUDER_SHOWN: Vector3 = [0.5, 0.05, 0.52];

export function occluderBody(id: number): Body {
  return {
    name: OCCLUDER,
    position: OCCLUDER_AWAY,
    joint: "mocap",
    id,
    parts: [
      {
        shape: "box",
        size: [0.01, 0.06, 0.05],
        position: [0, 0, 0],
        surface: { colour: [0.35, 0.36, 0.4] },
        touch: "none",
        shadow: false,
      },
    ],
  };
}
