import type { CutPlan } from "@vla-pruner/onnx/convert";
import type { PrismaticSizes } from "@vla-pruner/prismatic/convert";
import type { ActionPlan } from "./action-plan.ts";

/** Everything that the graphs of one model depend on. */
export interface OftPlan extends ActionPlan {
  readonly sizes: PrismaticSizes;
  readonly cut: CutPlan;
  readonly views: number;
}

/** Tokens between the pictures and the rest of the prompt: the robot's state, the denoising step. */
export function extraTokens({ stateSize, head }: ActionPlan): number {
  return (stateSize > 0 ? 1 : 0) + (head === "diffusion" ? 1 : 0);
}

/** Placeholders, one a number of the chunk. */
export function placeholders({ chunk, actionSize }: ActionPlan): number {
  return chunk * actionSize;
}
