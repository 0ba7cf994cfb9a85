import type { StepResult } from "@vla-pruner/core";
import { toRgb } from "@vla-pruner/core/adapter";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { EpisodeOutcome, ModelCall } from "../closed-loop/types.ts";
import type { EpisodeTrace, TracedCall, TracedView } from "./types.ts";

/** Collects the calls of one episode. */
export interface TraceRecorder {
  /** Goes into `runEpisode` as it is. */
  readonly onCall: (call: ModelCall) => void;
  /** What was collected so far, under a label for headings. */
  readonly trace: (label: string, outcome: EpisodeOutcome) => EpisodeTrace;
}

/**
 * A recorder for one episode. It copies frames and scores, so that a simulator or a session may reuse its
 * buffers; a call costs about 80 kB at two cameras of 112 px.
 */
export function traceRecorder(): TraceRecorder {
  const calls: TracedCall[] = [];
  return {
    onCall: (call) => void calls.push(traceCall(call)),
    trace: (label, outcome) => ({ label, outcome, calls: [...calls] }),
  };
}

/** @throws `image-invalid` */
function traceCall({ step, images, result, objectKept, overlap }: ModelCall): TracedCall {
  const frames = Object.entries(images).map(([name, frame]) => [name, copyOf(toRgb(frame))] as const);
  return {
    step,
    decision: result.decision,
    reason: result.reason,
    frames: Object.fromEntries(frames),
    views: traceViews(result, Object.keys(images)),
    chunk: result.actions.map((action) => [...action]),
    timings: { ...result.timings },
    objectKept,
    overlap,
  };
}

function copyOf({ data, width, height }: RgbImage): RgbImage {
  return { data: data.slice(), width, height };
}

/**
 * Takes a call's vectors over all visual tokens apart by camera. A view belongs to the camera of its name, or
 * else to the camera at its place: π0 has names of its own for the robot's cameras.
 */
function traceViews(result: StepResult, cameras: readonly string[]): TracedView[] {
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
