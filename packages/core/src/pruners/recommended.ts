import { checkRetention } from "../selection/budget.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { vlaPruner } from "./vla-pruner.ts";
import type { VlaPrunerOptions } from "./vla-pruner.ts";

/** Share of the visual tokens that each level names, however few of them will be kept. */
const POOL = 0.25;

/**
 * VLA-Pruner as our closed-loop evaluation recommends it: each level names a quarter of the visual tokens or, where more
 * will be kept, the budget. So it is the paper's setting from 25 % on; below, diversity has more to choose from. Ours;
 * `vlaPruner` has the paper's setting throughout. What it rests on: docs/decisions/0015.
 */
export function recommended(options: VlaPrunerOptions): TokenPruner {
  const { retention, candidates = Math.max(1, POOL / checkRetention(retention)), ...rest } = options;
  return { ...vlaPruner({ ...rest, retention, candidates }), name: "recommended" };
}
