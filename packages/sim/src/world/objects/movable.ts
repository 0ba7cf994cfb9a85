import type { Surface, Vector3 } from "../../render/types.ts";
import type { Part } from "../types.ts";
import { ring } from "./ring.ts";
import { shade } from "./shade.ts";

/** Things for the gripper grip well, and cans and bottles do not roll away. */
const GRIP: Vector3 = [1, 0.01, 0.001];

export function cubeParts(colour: Vector3): Part[] {
  return [
    {
      shape: "box",
      size: [0.0225, 0.0225, 0.0225],
      position: [0, 0, 0.0225],
      surface: { colour },
      mass: 0.06,
      friction: GRIP,
    },
  ];
}

export function canParts(colour: Vector3): Part[] {
  const metal: Surface = { colour: [0.75, 0.76, 0.78] };
  const rim = (z: number): Part => ({
    shape: "cylinder",
    size: [0.0232, 0.004, 0],
    position: [0, 0, z],
    surface: metal,
    touch: "none",
  });
  return [
    {
      shape: "cylinder",
      size: [0.024, 0.04, 0],
      position: [0, 0, 0.04],
      surface: { colour, pattern: "stripes", secondary: shade(colour, 0.55), period: 0.04 },
      mass: 0.07,
      friction: GRIP,
      settles: true,
    },
    rim(0.0765),
  ];
}

export function bottleParts(colour: Vector3): Part[] {
  return [
    {
      shape: "cylinder",
      size: [0.022, 0.05, 0],
      position: [0, 0, 0.05],
      surface: { colour },
      mass: 0.08,
      friction: GRIP,
      settles: true,
    },
    {
      shape: "ellipsoid",
      size: [0.022, 0.022, 0.014],
      position: [0, 0, 0.1],
      surface: { colour },
      touch: "none",
    },
    {
      shape: "cylinder",
      size: [0.011, 0.02, 0],
      position: [0, 0, 0.12],
      surface: { colour: shade(colour, 0.6) },
      mass: 0.006,
      friction: GRIP,
      settles: true,
    },
  ];
}

export function cartonParts(colour: Vector3): Part[] {
  return [
    {
      shape: "box",
      size: [0.0225, 0.0225, 0.045],
      position: [0, 0, 0.045],
      surface: { colour, pattern: "stripes", secondary: [0.93, 0.92, 0.88], period: 0.045 },
      mass: 0.08,
      friction: GRIP,
    },
  ];
}

export function cupParts(colour: Vector3): Part[] {
  return [
    {
      shape: "cylinder",
      size: [0.028, 0.003, 0],
      position: [0, 0, 0.003],
      surface: { colour: shade(colour, 0.7) },
      mass: 0.04,
      friction: GRIP,
    },
    ...ring({
      radius: 0.03 / Math.cos(Math.PI / 12),
      height: 0.068,
      thickness: 0.004,
      from: 0.002,
      sides: 12,
      mass: 0.04,
      surface: { colour },
    }).map((part) => ({ ...part, friction: GRIP })),
  ];
}
