import type { CameraFrame } from "../observation.ts";
import { seededRandom } from "../seeded-random.ts";
import type { PruneContext } from "../token-pruner.ts";
import type { SemanticAttention } from "../vla-adapter.ts";

/** Prompt tokens that are not visual, in every random context. */
const TEXT_TOKENS = 8;

export interface RandomContextOptions {
  readonly seed: number;
  /** Visual tokens of each view. Default one view of 16. */
  readonly views?: readonly number[];
  /** Completed calls; a forecast is there from 3 on, as with the default window. Default 3. */
  readonly step?: number;
}

/** A seeded context as a pruner would see it: all semantic rows, 4 × 4 frames, a causal `visibleRows`, no memory. */
export function randomContext({ seed, views: counts = [16], step = 3 }: RandomContextOptions): PruneContext {
  const next = seededRandom(seed);
  let vision = 0;
  const views = counts.map((count, index) => {
    vision += count;
    return { name: `view-${index}`, start: vision - count, count };
  });
  const scores = (): Float32Array => Float32Array.from({ length: vision }, () => next() / vision);
  const sequence = vision + TEXT_TOKENS;
  const semantic: SemanticAttention = {
    scores: { prefill: scores(), last: scores(), text: scores(), raters: scores() },
    visibleRows: Float32Array.from({ length: vision }, (_, column) => sequence - 1 - column),
    sequence,
  };
  const features = Float32Array.from({ length: vision * FEATURE_SIZE }, () => 2 * next() - 1);
  const similarity = cosineSimilarity(features, vision);
  const forecast = step < 3 ? null : scores();
  const images = Object.fromEntries(views.map(({ name }) => [name, randomFrame(next)]));
  const observation = { images, instruction: "put it down", state: counts.map(() => next()) };
  const rest = { observation, currentAction: scores(), memory: undefined };
  return { ...rest, views, vision, semantic, semanticRows: "last", forecast, similarity, step };
}

function randomFrame(next: () => number): CameraFrame {
  const data = Uint8Array.from({ length: 4 * 4 * 3 }, () => Math.floor(256 * next()));
  return { data, width: 4, height: 4, channels: 3 };
}

/** Width of the features that fakes are made of. */
export const FEATURE_SIZE = 6;

/**
 * Cosine similarity of every pair of rows, norms clamped at 1e-6 so that an all-zero row is similar to nothing.
 *
 * @param features float32 `[vision, FEATURE_SIZE]`
 * @returns float32 `[vision, vision]`
 */
export function cosineSimilarity(features: Float32Array, vision: number): Float32Array {
  const row = (index: number): Float32Array =>
    features.subarray(index * FEATURE_SIZE, (index + 1) * FEATURE_SIZE);
  const norms = Array.from({ length: vision }, (_, index) =>
    Math.max(1e-6, Math.sqrt(dot(row(index), row(index)))),
  );
  return Float32Array.from({ length: vision * vision }, (_, place) => {
    const [a, b] = [Math.floor(place / vision), place % vision];
    return dot(row(a), row(b)) / ((norms[a] ?? 1) * (norms[b] ?? 1));
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
