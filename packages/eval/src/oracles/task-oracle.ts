import { ratioPruner } from "@vla-pruner/core";
import type { RetentionOptions, TokenPruner } from "@vla-pruner/core";
import { shownIn } from "../closed-loop/shown-tokens.ts";
import { fillGrid } from "./fill-grid.ts";

/** Order in which the parts of the task get their tokens. */
const ROLES = ["object", "target", "gripper"] as const;

/**
 * Keeps what shows the current goal's object, its target and the gripper, by the simulator's own segmentation, which
 * the closed loop adds to every observation; the rest of the budget is spread evenly over the picture. No policy can
 * know this. Whether it helps depends on the policy: one that never saw such compact sets does worse with them.
 */
export function taskOracle(options: RetentionOptions): TokenPruner {
  return ratioPruner("oracle", options, ({ observation }, { start, count, budget }) => {
    const shown = shownIn(observation);
    const chosen = new Set<number>();
    for (const role of ROLES) {
      const shares = shown[role].subarray(start, start + count);
      const byShare = [...shares.keys()]
        .filter((token) => (shares[token] ?? 0) > 0)
        .toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
      for (const token of byShare) if (chosen.size < budget) chosen.add(token);
    }
    return fillGrid([...chosen], Math.round(Math.sqrt(count)), budget);
  });
}
