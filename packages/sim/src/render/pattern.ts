import { noise } from "./noise.ts";
import type { Surface } from "./types.ts";

/** In the order of their numbers; the first is no pattern. */
export const PATTERNS: readonly Pattern[] = ["plain", "checker", "stripes", "wood", "speckle"];
type Pattern = NonNullable<Surface["pattern"]>;

/**
 * How much of the secondary colour, 0 … 1, a pattern shows at a point of a surface.
 *
 * @param pattern index in `PATTERNS`
 * @param u,v coordinates on the surface, periods
 * @param width width of a pixel on the surface, periods; the pattern is averaged over it
 */
export function patternShare(pattern: number, u: number, v: number, width: number): number {
  switch (pattern) {
    case 1:
      return 0.5 - 0.5 * square(u, width) * square(v, width);
    case 2:
      return 0.5 - 0.5 * square(v, width);
    case 3:
      return wood(u, v, width);
    case 4:
      return speckle(u, v, width);
    default:
      return 0;
  }
}

/** A square wave of period 1, first 1, then −1, averaged over `width`. */
function square(x: number, width: number): number {
  const wide = Math.min(1, Math.max(1e-3, width));
  const average = (slope(x + wide / 2) - slope(x - wide / 2)) / wide;
  return width > 1 ? average / (width * width) : average;
}

function slope(x: number): number {
  const part = x - Math.floor(x);
  return part < 0.5 ? part : 1 - part;
}

/** Grain along u: uneven rings across v, warped slowly. */
function wood(u: number, v: number, width: number): number {
  const sharp = Math.max(0, 1 - width);
  if (sharp === 0) return 0.35;
  const ring = v + 0.8 * noise(u * 0.15, v * 0.6);
  const part = ring - Math.floor(ring);
  const grain = part * part + 0.35 * noise(u * 0.4, v * 5) - 0.16;
  return Math.min(1, Math.max(0, 0.35 + sharp * (grain - 0.35)));
}

/** Spots of about half a period. */
function speckle(u: number, v: number, width: number): number {
  const sharp = Math.max(0, 1 - width);
  if (sharp === 0) return 0.3;
  const value = Math.min(1, Math.max(0, (noise(u * 2, v * 2) - 0.5) * 4));
  return 0.3 + sharp * (value - 0.3);
}
