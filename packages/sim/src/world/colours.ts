import type { Vector3 } from "../render/types.ts";

/** The colours that tasks name; red, green, blue in 0 … 1. */
export const COLOURS: Readonly<Record<string, Vector3>> = {
  red: [0.82, 0.1, 0.1],
  green: [0.12, 0.6, 0.18],
  blue: [0.12, 0.25, 0.85],
  yellow: [0.95, 0.82, 0.1],
  orange: [0.96, 0.48, 0.06],
  purple: [0.5, 0.14, 0.68],
  white: [0.94, 0.94, 0.92],
  black: [0.08, 0.08, 0.09],
  cyan: [0.1, 0.76, 0.82],
  pink: [0.97, 0.5, 0.68],
  brown: [0.52, 0.31, 0.15],
  grey: [0.5, 0.5, 0.52],
};
