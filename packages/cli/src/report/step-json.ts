import type { StepResult } from "@vla-pruner/core";

/** A step as the line that `act --json` prints; vectors are split by view. */
export function stepJson(result: StepResult): Record<string, unknown> {
  const { views, semantic, forecast } = result;
  const split = (vector: Float32Array): number[][] =>
    views.map(({ start, count }) => [...vector.subarray(start, start + count)]);
  const score = semantic[result.semanticRows];
  return {
    step: result.step,
    action: result.actions,
    tokens: result.tokens,
    ...(result.draft && { draft: result.draft }),
    kept: views.map(({ start, count }) =>
      [...result.keep]
        .filter((index) => index >= start && index < start + count)
        .map((index) => index - start),
    ),
    semantic: score === undefined ? null : split(score),
    forecast: forecast === null ? null : split(forecast),
    actionAttention: split(result.actionAttention),
    decision: result.decision,
    reason: result.reason,
    timings: result.timings,
  };
}

/** A step as a line for people. */
export function stepLine(result: StepResult): string {
  const total = Object.values(result.timings).reduce((sum, part) => sum + part, 0);
  const vision = result.views.reduce((sum, { count }) => sum + count, 0);
  const action = result.action.map((value) => value.toFixed(4)).join(" ");
  const draft = result.draft === undefined ? "" : `  draft ${result.draft.accepted}/${result.draft.of}`;
  return `step ${result.step}  ${result.decision.padEnd(6)} ${String(result.keep.length).padStart(4)}/${vision} tokens  ${total.toFixed(0).padStart(6)} ms${draft}  [${action}]`;
}
