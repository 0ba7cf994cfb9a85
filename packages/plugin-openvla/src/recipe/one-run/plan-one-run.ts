import { fusesRotation } from "@vla-pruner/onnx/blocks";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { NormStats } from "@vla-pruner/core";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import type { OneRunPlan } from "./one-run-plan.ts";

/** Words of a prompt that there is room for beside picture and actions; training prompts have 20 to 40. */
const WORDS = 112;

/** Rooms are a multiple of this. */
const STEP = 64;

/**
 * What is fixed when the whole step is one graph: the number of action tokens, and the rooms of the caches.
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
  const { decoder, visionTokens } = plan.sizes;
  if (target === "webgpu") return { ...plan, target, ahead: false, actions, room: null };
  const wanted = Math.ceil((visionTokens + WORDS + actions) / STEP) * STEP;
  return {
    ...plan,
    target,
    ahead,
    actions,
    room: fusesRotation(decoder) ? Math.min(wanted, decoder.positions) : null,
  };
}
