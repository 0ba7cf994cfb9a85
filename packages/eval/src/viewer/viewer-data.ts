import type { RgbImage } from "@vla-pruner/core/adapter";
import { callMilliseconds } from "../closed-loop/call-milliseconds.ts";
import { tokensOf } from "./call-numbers.ts";
import { patchGrid } from "./patch-grid.ts";
import type { PatchGrid } from "./patch-grid.ts";
import { base64, scoreBytes } from "./score-bytes.ts";
import type { ScoreBytes } from "./score-bytes.ts";
import { packFrames } from "./sprite.ts";
import type { Sprite } from "./sprite.ts";
import type { EpisodeTrace, ScoreName, TracedCall, TracedView } from "./types.ts";

/** What the page's script reads: one object an episode, in the order of the columns. */
export interface ViewerEpisode {
  readonly cameras: readonly ({ readonly name: string } & Sprite)[];
  readonly calls: readonly ViewerCall[];
}

export interface ViewerCall {
  readonly step: number;
  readonly decision: "dense" | "pruned";
  readonly reason: string;
  readonly kept: number;
  readonly vision: number;
  readonly milliseconds: number;
  readonly objectKept: number | null;
  readonly overlap: number | null;
  /** The first action of the chunk. */
  readonly action: readonly number[];
  /** One a camera, in their order; `null` for a camera that the policy does not see. */
  readonly views: readonly (ViewerView | null)[];
}

export interface ViewerView {
  /** `null` where the tokens form no grid of patches. */
  readonly grid: PatchGrid | null;
  /** uint8 `[tokens]`, 1 where kept, in base64. */
  readonly kept: string;
  readonly scores: Readonly<Record<ScoreName, ScoreBytes | null>>;
}

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
