import type { SemanticRows } from "@vla-pruner/format";
import { seededRandom } from "../seeded-random.ts";
import type { ActionChunk, SemanticAttention } from "../vla-adapter.ts";
import { fingerprint } from "./fingerprint.ts";
import { FEATURE_SIZE } from "./random-context.ts";

/** Weight that a fake's row leaves to the text, as a softmax over a prompt does. */
const TEXT_WEIGHT = 5;
const ACTION_SIZE = 7;
/** How much of a row that sees the whole prompt comes from words that are not its own. */
const CONTEXT = 0.05;

/** A buffer that must be freed, once. */
export class FakeTensor {
  readonly #data: Float32Array;
  #freed = false;

  constructor(data: Float32Array) {
    this.#data = data;
  }

  /** @throws once it is freed */
  get data(): Float32Array {
    if (this.#freed) throw new Error("a tensor is read after it was freed");
    return this.#data;
  }

  /** @throws when it is freed already */
  dispose(): void {
    if (this.#freed) throw new Error("a tensor is freed twice");
    this.#freed = true;
  }
}

/** What the fake's semantic attention depends on. */
export interface FakePrompt {
  /** Stands for the pixels. */
  readonly picture: number;
  readonly words: readonly number[];
}

/** Semantic attention as a decoder would give it: visual rows first, then a row a word, causal or not. */
export function fakeSemantic(prompt: FakePrompt, vision: number, causal: boolean): SemanticAttention {
  const { picture, words } = prompt;
  const rows = words.map((_, word) => wordRow(prompt, word, vision, causal));
  const last = rows.at(-1) ?? new Float32Array(vision);
  const text = rows.length > 1 ? rows.slice(0, -1) : rows;
  const closeness = text.map((_, word) => seededRandom(picture, 50, words[word] ?? 0)());
  const mean = closeness.reduce((sum, value) => sum + value, 0) / closeness.length;
  const raters = text.filter((_, word) => (closeness[word] ?? 0) >= mean);
  const visual = softmax(vision, (column) => seededRandom(picture, 60, column)());
  const sequence = vision + rows.length;
  const seen = (column: number): number => (causal ? vision - column : vision);
  const prefill = visual.map(
    (value, column) =>
      (value * seen(column) + rows.reduce((sum, row) => sum + (row[column] ?? 0), 0)) / sequence,
  );
  const scores: Record<SemanticRows, Float32Array> = {
    prefill,
    last,
    text: meanOf(text, vision),
    raters: meanOf(raters, vision),
  };
  const visibleRows = causal ? visual.map((_, column) => sequence - column) : null;
  return { scores, visibleRows, sequence };
}

/** Action attention of one layer over the columns that it sees, float32 `[columns]`. */
export function fakeActionAttention(seed: number, layer: number, columns: Int32Array): Float32Array {
  return softmax(columns.length, (index) => seededRandom(seed, 200 + layer, columns[index] ?? 0)());
}

/** Actions that change with the seed, and with every kept token and its place. */
export function fakeAction(
  seed: number,
  features: Float32Array,
  keep: Int32Array,
  horizon: number,
): ActionChunk {
  const phase = seededRandom(seed, 300)();
  const value = (step: number, dimension: number): number => {
    const sum = keep.reduce((total, token) => {
      const feature = features[token * FEATURE_SIZE + (dimension % FEATURE_SIZE)] ?? 0;
      return total + feature * Math.cos(token + dimension + step + phase);
    }, 0);
    return Math.tanh(sum / keep.length);
  };
  const actions = Array.from({ length: horizon }, (_step, step) =>
    Array.from({ length: ACTION_SIZE }, (_value, dimension) => value(step, dimension)),
  );
  return { actions, tokens: actions.flat().map((action) => Math.round(127 * (action + 1))) };
}

/** A word's row: its own word, and those before it or, where every row sees every column, all of them. */
function wordRow(
  { picture, words }: FakePrompt,
  word: number,
  vision: number,
  causal: boolean,
): Float32Array {
  const own = seededRandomOf(picture, word, words[word] ?? 0);
  const context = seededRandomOf(
    picture,
    word,
    fingerprint({ inputIds: causal ? words.slice(0, word) : words }),
  );
  return softmax(vision, (column) => (1 - CONTEXT) * own(column) + CONTEXT * context(column));
}

function seededRandomOf(...keys: readonly number[]): (column: number) => number {
  return (column) => seededRandom(...keys, 70, column)();
}

function softmax(length: number, draw: (column: number) => number): Float32Array {
  const weights = Float64Array.from({ length }, (_, column) => Math.exp(3 * draw(column)));
  const total = weights.reduce((sum, weight) => sum + weight, TEXT_WEIGHT);
  return Float32Array.from(weights, (weight) => weight / total);
}

function meanOf(rows: readonly Float32Array[], vision: number): Float32Array {
  return Float32Array.from(
    { length: vision },
    (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length,
  );
}
