import { span } from "@vla-pruner/onnx/blocks";
import type { ColumnRange } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import type { Target } from "@vla-pruner/format";
import type { ActionPlan } from "./action-plan.ts";

/** Everything that the graphs of one model depend on. */
export interface OftPlan extends ActionPlan, PrismaticPlan {
  readonly target: Target;
  /** Whether language steers the vision towers. */
  readonly film: boolean;
  /** Whether pictures and scores are in the same run as the action, on tokens that were chosen before it. */
  readonly ahead: boolean;
}

/** Tokens between the pictures and the rest of the prompt: the robot's state, the denoising step. */
export function extraTokens({ stateSize, head }: ActionPlan): number {
  return (stateSize > 0 ? 1 : 0) + (head === "diffusion" ? 1 : 0);
}

/** Placeholders, one a number of the chunk. */
export function placeholders({ chunk, actionSize }: ActionPlan): number {
  return chunk * actionSize;
}

/** Rows of the placeholders; the stop token follows them. */
export function placeholderRows(graph: GraphBuilder, plan: ActionPlan): ColumnRange {
  return span(graph, -(placeholders(plan) + 1), -1);
}
