import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { NormStats } from "@vla-pruner/core";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import type { OneRunPlan } from "./one-run-plan.ts";

/**
 * What is fixed when the whole step is one graph: the number of action tokens.
 *
 * @throws `config-invalid` where the training sets differ in the numbers of an action
 */
export function planOneRun(
  plan: PrismaticPlan,
  target: OneRunPlan["target"],
  normStats: Readonly<Record<string, NormStats>>,
  ahead: boolean,
): OneRunPlan {
  const lengths = Object.values(normStats).map(({ action }) =>
    Array.isArray(action["q01"]) ? action["q01"].length : 0,
  );
  const [actions = 0] = lengths;
  if (actions < 2 || lengths.some((length) => length !== actions)) {
    const found = lengths.join(", ") || "no statistics";
    throw invalidConfig(
      "norm_stats whose actions have as many numbers each, 2 or more, for this --target",
      found,
    );
  }
  return { ...plan, target, ahead: ahead && target === "cuda", actions };
}
