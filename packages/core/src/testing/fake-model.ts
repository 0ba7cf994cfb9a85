import type { SemanticRows } from "@vla-pruner/format";
import { seededRandom } from "../seeded-random.ts";
import type { ActionChunk, SemanticAttention } from "../vla-adapter.ts";
import { FEATURE_SIZE } from "./random-context.ts";

/** Prompt tokens of the fake that are not visual. */
const TEXT_TOKENS = 5;
const ACTION_SIZE = 7;
const ROWS: readonly SemanticRows[] = ["prefill", "last", "text", "raters"];

/** Semantic attention that leaves some of its weight to the text, as a softmax over a prompt does. */
export function fakeSemantic(seed: number, vision: number, causal: boolean): SemanticAttention {
  const columns = Int32Array.from({ length: vision }, (_, index) => index);
  const scores = ROWS.map((rows, index) => [rows, softmax(seed, 100 + index, columns)] as const);
  const sequence = vision + TEXT_TOKENS;
  const visibleRows = causal ? Float32Array.from(columns, (column) => sequence - 1 - column) : null;
  return { scores: Object.fromEntries(scores), visibleRows, sequence };
}

/** Action attention of one layer over the columns that it sees, float32 `[columns]`. */
export function fakeActionAttention(seed: number, layer: number, columns: Int32Array): Float32Array {
  return softmax(seed, 200 + layer, columns);
}

/** Actions that change with every kept token and its place. */
export function fakeAction(features: Float32Array, keep: Int32Array, horizon: number): ActionChunk {
  const value = (step: number, dimension: number): number => {
    const sum = keep.reduce((total, token) => {
      const feature = features[token * FEATURE_SIZE + (dimension % FEATURE_SIZE)] ?? 0;
      return total + feature * Math.cos(token + dimension + step);
    }, 0);
    return Math.tanh(sum / keep.length);
  };
  const actions = Array.from({ length: horizon }, (_step, step) =>
    Array.from({ length: ACTION_SIZE }, (_value, dimension) => value(step, dimension)),
  );
  return { actions, tokens: actions.flat().map((action) => Math.round(127 * (action + 1))) };
}

function softmax(seed: number, salt: number, columns: Int32Array): Float32Array {
  const weights = Float64Array.from(columns, (column) => Math.exp(3 * seededRandom(seed, salt, column)()));
  const total = weights.reduce((sum, weight) => sum + weight, TEXT_TOKENS);
  return Float32Array.from(weights, (weight) => weight / total);
}
