import { VlaPrunerError } from "@vla-pruner/core";
import type { PrismaticOptions } from "@vla-pruner/prismatic";
import type { Normalization, OftVla } from "./oft-vla.ts";

export interface OftOptions extends PrismaticOptions {
  /** Bounds that normalise: the model's own (`bounds_q99`, for ALOHA `bounds`) where absent. */
  readonly normalization?: Normalization;
  /** Denoising steps of a diffusion head; the model's own count (50) where absent. */
  readonly steps?: number;
}

/**
 * Denoising steps: the option, or the model's own count.
 *
 * @param most steps that the model was trained with
 * @throws `invalid-option`
 */
export function denoisingSteps(
  options: OftOptions,
  { action_head: head, steps }: OftVla,
  most: number,
): number {
  if (head !== "diffusion") return 0;
  const count = options.steps ?? steps;
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new VlaPrunerError("invalid-option", {
    expected: `steps: a whole number from 1 to ${most}`,
    found: String(count),
    fix: `leave it out for ${steps}`,
  });
}
