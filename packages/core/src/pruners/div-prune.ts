import { checkOptions } from "@vla-pruner/format";
import { minRedundancy } from "../selection/min-redundancy.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { ratioPruner, RETENTION_OPTIONS } from "./decide.ts";
import type { RetentionOptions } from "./decide.ts";

/** DivPrune (CVPR 2025): max-min diversity over all visual tokens, no attention at all. */
export function divPrune(options: RetentionOptions): TokenPruner {
  checkOptions("divPrune", options, RETENTION_OPTIONS);
  return ratioPruner("divprune", options, ({ similarity, vision }, { start, count, budget }) => {
    const candidates = Int32Array.from({ length: count }, (_, index) => start + index);
    return minRedundancy(candidates, similarity, vision, budget).map((index) => index - start);
  });
}
