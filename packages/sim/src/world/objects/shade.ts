import type { Vector3 } from "../../render/types.ts";

/** The colour, `factor` as bright. */
export function shade([red, green, blue]: Vector3, factor: number): Vector3 {
  return [Math.min(1, red * factor), Math.min(1, green * factor), Math.min(1, blue * factor)];
}
