import type { RgbImage } from "@vla-pruner/core/adapter";
import { callMilliseconds } from "../closed-loop/call-milliseconds.ts";
import { tokensOf } from "./call-numbers.ts";
import type { PatchGrid, ScoreBytes, ScoreName, ViewerCall, ViewerEpisode, ViewerView } from "./page-data.ts";
import { packFrames } from "./sprite.ts";
import type { EpisodeTrace, TracedCall, TracedView } from "./types.ts";

/** @throws `image-invalid` when a camera is missing at a call, or its resolution changes */
export function viewerEpisode({ calls }: EpisodeTrace): ViewerEpisode {
  const names = Object.keys(calls[0]?.frames ?? {});
  return {
    cameras: names.map((name) => ({ name, ...packFrames(framesOf(calls, name)) })),
    calls: calls.map((call) => viewerCall(call, names)),
  };
}

function framesOf(calls: readonly TracedCall[], name: string): RgbImage[] {
  return calls.map(({ frames }) => frames[name] ?? { data: new Uint8Array(), width: 0, height: 0 });
}

function viewerCall(call: TracedCall, names: readonly string[]): ViewerCall {
  const { step, decision, reason, objectKept, overlap, chunk, views } = call;
  return {
    step,
    decision,
    reason,
    ...tokensOf(call),
    milliseconds: callMilliseconds(call),
    objectKept,
    overlap,
    action: chunk[0] ?? [],
    views: names.map((name) => viewerView(views.find(({ camera }) => camera === name))),
  };
}

function viewerView(view: TracedView | undefined): ViewerView | null {
  if (view === undefined) return null;
  const bytesOf = (name: ScoreName): ScoreBytes | null => {
    const scores = view.scores[name];
    return scores === null ? null : scoreBytes(scores);
  };
  return {
    grid: patchGrid(view.kept.length),
    kept: base64(view.kept),
    scores: { semantic: bytesOf("semantic"), forecast: bytesOf("forecast"), action: bytesOf("action") },
  };
}

/**
 * The grid of a view's tokens. Vision towers cut a square picture into square patches, row by row; other
 * counts are not patches, and nothing can be laid over the picture for them.
 */
function patchGrid(tokens: number): PatchGrid | null {
  const side = Math.round(Math.sqrt(tokens));
  return side > 0 && side * side === tokens ? { columns: side, rows: side } : null;
}

/** The square root shows the low end of attention, which would be black beside its peaks. */
function scoreBytes(scores: Float32Array): ScoreBytes {
  const peak = scores.reduce((largest, score) => (score > largest ? score : largest), 0);
  const bytes = Uint8Array.from(scores, (score) =>
    peak > 0 && score > 0 ? Math.round(255 * Math.sqrt(score / peak)) : 0,
  );
  return { bytes: base64(bytes), peak };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
