import type { StepResult } from "@vla-pruner/core";
import type { ModelCall } from "../../src/index.ts";
import { madeUpFrame } from "./made-up-episode.ts";

export const SIDE = 16;
/** Patches of the wrist camera: third row, fifth patch; and the last one. */
const KEPT = [256 + 2 * SIDE + 4, 256 + 255];

/** The result of a call with two views of 16 × 16 tokens, two of the second kept. */
export function madeUpResult(changes: Partial<StepResult> = {}): StepResult {
  const scores = new Float32Array(512);
  for (const token of KEPT) scores[token] = 0.5;
  scores[256 + 1] = 0.125;
  return {
    episode: "made-up",
    step: 0,
    action: [0, 0, 0, 0, 0, 0, 1],
    actions: [[0, 0, 0, 0, 0, 0, 1]],
    tokens: null,
    decision: "pruned",
    reason: "combined",
    views: [
      { name: "image", start: 0, count: 256 },
      { name: "wrist_image", start: 256, count: 256 },
    ],
    keep: Int32Array.from(KEPT),
    semantic: { last: scores, prefill: new Float32Array(512) },
    semanticRows: "last",
    forecast: null,
    actionAttention: scores,
    sequence: 540,
    timings: { act: 3 },
    ...changes,
  };
}

/** One call with that result. */
export function madeUpCall(): ModelCall {
  const images = { image: madeUpFrame(0, 90), wrist_image: madeUpFrame(9, 60) };
  return { step: 0, images, result: madeUpResult(), objectKept: null, overlap: null };
}
