import type { TokenPruner } from "../token-pruner.ts";
import { vlaPruner } from "./vla-pruner.ts";
import type { VlaPrunerOptions } from "./vla-pruner.ts";

/**
 * VLA-Pruner as our closed-loop evaluation recommends it: each level names twice the budget, so that the diversity filter
 * has more to choose from. Ours; `vlaPruner` has the paper's setting. What it rests on: docs/decisions/0014.
 */
export function recommended({ candidates = 2, ...options }: VlaPrunerOptions): TokenPruner {
  return { ...vlaPruner({ ...options, candidates }), name: "recommended" };
}
