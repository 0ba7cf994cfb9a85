import type { StepResult } from "@vla-pruner/core";
import type { TracedView } from "./types.ts";

/**
 * Takes a call's vectors over all visual tokens apart by camera. A view belongs to the camera of its name, or
 * else to the camera at its place: π0 has names of its own for the robot's cameras.
 */
export function traceViews(result: StepResult, cameras: readonly string[]): TracedView[] {
  const { views, semantic, semanticRows, forecast, actionAttention, keep } = result;
  const kept = new Set(keep);
  return views.flatMap(({ name, start, count }, index) => {
    const camera = cameras.includes(name) ? name : cameras[index];
    if (camera === undefined) return [];
    const part = (scores: Float32Array | null | undefined): Float32Array | null =>
      scores === null || scores === undefined || scores.length < start + count
        ? null
        : scores.slice(start, start + count);
    return [
      {
        camera,
        kept: Uint8Array.from({ length: count }, (_, token) => (kept.has(start + token) ? 1 : 0)),
        scores: {
          semantic: part(semantic[semanticRows]),
          forecast: part(forecast),
          action: part(actionAttention),
        },
      },
    ];
  });
}
