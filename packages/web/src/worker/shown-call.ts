import type { StepResult } from "@vla-pruner/core";
import { callMilliseconds } from "@vla-pruner/eval/closed-loop";
import type { Pictures, ShownCall } from "../messages.ts";

/** What the page shows of a call. */
export function shownCall(result: StepResult, pictures: Pictures, dense: number | null): ShownCall {
  const { keep, views, semantic, semanticRows, forecast, actionAttention, decision, reason } = result;
  const vision = views.reduce((sum, { count }) => sum + count, 0);
  const milliseconds = callMilliseconds(result);
  return {
    pictures,
    views,
    keep,
    scores: { semantic: semantic[semanticRows] ?? null, forecast, action: actionAttention },
    decision,
    reason,
    milliseconds,
    timings: result.timings,
    dense: decision === "dense" ? milliseconds : dense,
    retention: keep.length / vision,
    actions: result.actions,
  };
}
