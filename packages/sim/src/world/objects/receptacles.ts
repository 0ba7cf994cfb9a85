import type { Surface, Vector3 } from "../../render/types.ts";
import type { Part } from "../types.ts";
import { ring } from "./ring.ts";
import { shade } from "./shade.ts";

export function plateParts(colour: Vector3): Part[] {
  return [
    {
      shape: "cylinder",
      size: [0.08, 0.006, 0],
      position: [0, 0, 0.006],
      surface: { colour },
    },
    {
      shape: "cylinder",
      size: [0.055, 0.0002, 0],
      position: [0, 0, 0.0122],
      surface: { colour: shade(colour, 0.78) },
      touch: "none",
      shadow: false,
    },
  ];
}

export function bowlParts(colour: Vector3): Part[] {
  return [
    {
      shape: "cylinder",
      size: [0.066, 0.0025, 0],
      position: [0, 0, 0.0025],
      surface: { colour: shade(colour, 0.7) },
    },
    ...ring({
      radius: 0.07,
      height: 0.035,
      thickness: 0.006,
      from: 0,
      sides: 12,
      surface: { colour },
    }),
  ];
}

export function basketParts(colour: Vector3): Part[] {
  const [x, y, height, thickness] = [0.085, 0.07, 0.06, 0.006];
  const surface: Surface = { colour, pattern: "checker", secondary: shade(colour, 0.7), period: 0.02 };
  const wall = (size: Vector3, position: Vector3): Part => ({ shape: "box", size, position, surface });
  return [
    { ...wall([x, y, 0.0025], [0, 0, 0.0025]), surface: { colour: shade(colour, 0.6) } },
    ...[-1, 1].map((side) =>
      wall([thickness / 2, y, height / 2], [side * (x - thickness / 2), 0, height / 2]),
    ),
    ...[-1, 1].map((side) =>
      wall([x - thickness, thickness / 2, height / 2], [0, side * (y - thickness / 2), height / 2]),
    ),
  ];
}

export function padParts(colour: Vector3): Part[] {
  return [
    {
      shape: "box",
      size: [0.06, 0.06, 0.002],
      position: [0, 0, 0.002],
      surface: { colour, pattern: "speckle", secondary: shade(colour, 0.8), period: 0.012 },
    },
  ];
}

export function standParts(colour: Vector3): Part[] {
  return [
    {
      shape: "box",
      size: [0.06, 0.06, 0.025],
      position: [0, 0, 0.025],
      surface: { colour, pattern: "wood", secondary: shade(colour, 0.75), period: 0.05 },
    },
  ];
}
