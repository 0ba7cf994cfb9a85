import { toRgb } from "@vla-pruner/core/adapter";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { EpisodeOutcome, ModelCall } from "../closed-loop/types.ts";
import { traceViews } from "./trace-views.ts";
import type { EpisodeTrace, TracedCall } from "./types.ts";

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
