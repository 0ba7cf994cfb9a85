import type { Surface, Vector3 } from "../render/types.ts";
import type { Body, Part } from "../world/types.ts";
import { HAND } from "./arm-chain.ts";

/** Distance between the inner faces of the open fingers, metres. */
export const OPEN = 0.085;
const FINGER = { half: [0.01, 0.006, 0.045] as const, mass: 0.05 };
const TIP_FRICTION: Vector3 = [1.6, 0.02, 0.001];

const DARK: Surface = { colour: [0.24, 0.25, 0.28] };
const LIGHT: Surface = { colour: [0.82, 0.83, 0.85] };
// Two pixels wide in a picture of 112: only a colour that nothing else has tells open from closed.
const TIP: Surface = { colour: [0.8, 1, 0.15] };

/** The palm and what holds it, in the last link's frame. */
export function handParts(): Part[] {
  return [
    {
      shape: "cylinder",
      size: [0.034, 0.03, 0],
      position: [0, 0, -0.055],
      surface: LIGHT,
      touch: "none",
      mass: 0.3,
    },
    {
      shape: "box",
      size: [0.02, 0.058, 0.022],
      position: [0, 0, -0.106],
      surface: DARK,
      touch: "hand",
      mass: 0.2,
    },
  ];
}

/** The two fingers. Joint 0 is closed, half of `OPEN` is open. */
export function fingers(id: number): Body[] {
  return [finger("left", 1, id), finger("right", -1, id)];
}

function finger(name: string, side: 1 | -1, id: number): Body {
  const [x, y, z] = FINGER.half;
  const pad: Part = {
    shape: "box",
    size: [x, y, z],
    position: [0, side * y, z],
    surface: TIP,
    touch: "hand",
    mass: FINGER.mass,
    friction: TIP_FRICTION,
  };
  return {
    name: `finger_${name}`,
    position: [0, 0, -HAND],
    joint: {
      name: `finger_${name}`,
      type: "slide",
      axis: [0, side, 0],
      range: [0, OPEN / 2],
      armature: 0.3,
      damping: 2,
    },
    weightless: true,
    id,
    parts: [pad],
  };
}
