import { STAGE_NAMES } from "@vla-pruner/core";
import type { ServedStep } from "../episodes/types.ts";

/**
 * What a reply says beside its actions: numbers and texts, under the same names at every call. No array: openpi's
 * broker cuts every array of a reply along its first axis.
 *
 * @param totalMs milliseconds since the request came in
 * @param previousMs those of the call before, 0 at the first
 */
export function replyFields(
  step: ServedStep,
  totalMs: number,
  previousMs: number,
): Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> {
  const { timings, keep, decision } = step.result;
  return {
    server_timing: {
      infer_ms: step.inferMs,
      queue_ms: step.queueMs,
      total_ms: totalMs,
      prev_total_ms: previousMs,
    },
    policy_timing: {
      infer_ms: step.inferMs,
      ...Object.fromEntries(STAGE_NAMES.map((stage) => [`${snake(stage)}_ms`, timings[stage] ?? 0])),
    },
    pruning: {
      episode: step.episode,
      step: step.result.step,
      kept: keep.length,
      dense: decision === "dense",
      reset: step.reset,
    },
  };
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}
