import { PATTERNS } from "./pattern.ts";
import type { Drawable, Vector3 } from "./types.ts";

const DEFAULT_PERIOD = 0.05;
const DEFAULT_SECONDARY = 0.7;

/** A surface with its defaults filled in, laid out for the shader. */
export interface Material {
  /** Index in `PATTERNS`; 0 is plain. */
  readonly pattern: number;
  /** Periods a metre. */
  readonly frequency: number;
  /** Periods around a round shape, a whole number so that there is no seam, a radian. */
  readonly turns: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** From the first colour to the second. */
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
  /** Faces are flat: side of a box, plane. */
  readonly flat: boolean;
  readonly cylinder: boolean;
  readonly capsule: boolean;
}

export function materialOf(drawable: Drawable): Material {
  const { shape, surface } = drawable;
  const [red, green, blue] = surface.colour;
  const [red2, green2, blue2] = surface.secondary ?? darker(surface.colour);
  const frequency = 1 / (surface.period ?? DEFAULT_PERIOD);
  return {
    pattern: PATTERNS.indexOf(surface.pattern ?? "plain"),
    frequency,
    turns: Math.max(1, Math.round(2 * Math.PI * drawable.size[0] * frequency)) / (2 * Math.PI),
    red,
    green,
    blue,
    redShift: red2 - red,
    greenShift: green2 - green,
    blueShift: blue2 - blue,
    flat: shape === "box" || shape === "plane",
    cylinder: shape === "cylinder",
    capsule: shape === "capsule",
  };
}

function darker([red, green, blue]: Vector3): Vector3 {
  return [red * DEFAULT_SECONDARY, green * DEFAULT_SECONDARY, blue * DEFAULT_SECONDARY];
}
