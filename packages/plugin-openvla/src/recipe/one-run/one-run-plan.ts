import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";

/** What a graph that runs a whole step depends on, beside the sizes. */
export interface OneRunPlan extends PrismaticPlan {
  /** What is dear differs: on CUDA every tensor between two runs, on WebGPU whatever leaves the device inside of one. */
  readonly target: "cuda" | "webgpu";
  /** Whether pictures and scores are in the same run, on tokens that were chosen before it. */
  readonly ahead: boolean;
  /** Action tokens of a call. */
  readonly actions: number;
}

/** The two groups of layers, which differ in what they see. */
export const SIDES = ["below", "above"] as const;

export type Side = (typeof SIDES)[number];

/** The side of the cut that a layer is on. */
export function sideOf({ cut }: PrismaticPlan, layer: number): Side {
  return layer < cut.pruneLayer ? "below" : "above";
}

/** Tapped layers of a side, ascending. */
export function tappedOn(plan: PrismaticPlan, side: Side): readonly number[] {
  return plan.cut.tappedLayers.filter((layer) => sideOf(plan, layer) === side);
}

/** What is made for each side. */
export function bySide<Made>(make: (side: Side) => Made): Readonly<Record<Side, Made>> {
  return { below: make("below"), above: make("above") };
}
