import { VlaPrunerError } from "@vla-pruner/format";
import type { DecoderHalves } from "./decoder-halves.ts";
import { floatsOf, probeFeeds } from "./probe-feeds.ts";
import { takenByRuntime } from "./stock/half-precision.ts";
import type { Feeds, StockSession, StockTensor } from "./stock/stock-model.ts";

/** Rows of the prompt that is tried. */
const ROWS = 8;
/** Rows that stay where positions are tried, and rows in whose places they are put to see a difference. */
const KEPT = Int32Array.of(0, 1, 2, 5, 6, 7);
const CLOSED_UP = Int32Array.of(0, 1, 2, 3, 4, 5);
/** Largest difference of logits, as a share of the largest one: half precision rounds where the parts are cut. */
const TOLERANCE = { float32: 1e-3, float16: 2e-2 };
/** Below this share, positions make no difference. */
const NOTHING = 1e-7;

/** Some words as the stock decoder ran them: what its halves must reproduce. */
export interface Probe {
  readonly prompt: Feeds;
  readonly next: Feeds;
  readonly logits: readonly [Float32Array, Float32Array];
  readonly tolerance: number;
}

/** Runs some words, and one more on their cache. Embeddings are the model's own: of a size that it knows. */
export async function probeStock(embed: StockSession, decoder: StockSession): Promise<Probe> {
  const feeds = await probeFeeds(embed, decoder, ROWS);
  const first = await decoder.run(takenByRuntime(feeds.prompt));
  const next = feeds.next(first);
  const second = await decoder.run(takenByRuntime(next));
  // Half precision may be within alone, behind a border of float32.
  const half =
    decoder.inputMetadata.some(({ type }) => type === "float16") ||
    decoder.config?.dtype?.endsWith("16") === true;
  return {
    prompt: feeds.prompt,
    next,
    logits: [logitsOf(first), logitsOf(second)],
    tolerance: half ? TOLERANCE.float16 : TOLERANCE.float32,
  };
}

/** Whether a decoder gives the probe's logits. */
export async function isProbed(
  decoder: StockSession,
  { prompt, logits, tolerance }: Probe,
): Promise<boolean> {
  return difference(logitsOf(await decoder.run(prompt)), logits[0]) <= tolerance;
}

/**
 * Runs the same through the halves, and once more with rows left out, in their own places and closed up.
 *
 * @throws `model-invalid` where logits differ, or where places make no difference
 */
export async function verifyHalves(
  halves: DecoderHalves,
  { prompt, next, logits, tolerance }: Probe,
): Promise<void> {
  const call = halves.callOf(prompt);
  const grown = halves.callOf(next);
  const head = await halves.runHead(call, Int32Array.of(ROWS - 1));
  const later = await halves.runHead(grown, Int32Array.of(0));
  try {
    if (halves.split.tap !== null) assertTap(head["tap"]);
    const all = Int32Array.from({ length: ROWS }, (_, row) => row);
    const first = logitsOf(await halves.runTail(call, head, all));
    assertSame(first, logits[0], tolerance, "a prompt");
    const second = logitsOf(await halves.runTail(grown, later, Int32Array.of(0)));
    assertSame(second, logits[1], tolerance, "a token on its cache");
    if (halves.split.positions === "none") return;
    const kept = logitsOf(await halves.runTail(call, head, KEPT));
    const closedUp = logitsOf(await halves.runTail(call, head, KEPT, CLOSED_UP));
    if (difference(kept, closedUp) > NOTHING) return;
    throw unequal(
      "layers above the cut that heed the positions of kept rows",
      "the same logits wherever the rows stand",
    );
  } finally {
    halves.releaseCut(head);
    halves.releaseCut(later);
  }
}

/** One row of attention: shares of all columns that make one, or less where a sink takes some. */
function assertTap(tap: StockTensor | undefined): void {
  const shares = floatsOf(tap);
  const sum = shares.reduce((total, share) => total + share, 0);
  const fits = String(tap?.dims) === `1,1,${ROWS}` && shares.every((share) => share >= 0) && sum > 0;
  if (fits && sum < 1.01) return;
  throw unequal(`attention [1, 1, ${ROWS}] of the tapped layer`, `[${tap?.dims.join(", ")}], in sum ${sum}`);
}

function assertSame(found: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  const share = difference(found, expected);
  if (share <= tolerance) return;
  throw unequal(
    `the logits of the stock model for ${what}, from its two halves`,
    `a difference of ${share.toPrecision(2)} of the largest logit`,
  );
}

/** Largest difference, as a share of the largest value; infinite where lengths differ, or something is no number. */
function difference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [largest, worst] = [0, 0];
  for (const [index, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - (found[index] ?? 0)));
  }
  const share = largest === 0 ? worst : worst / largest;
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}

function logitsOf(outputs: Readonly<Record<string, StockTensor>>): Float32Array {
  return floatsOf(outputs["logits"]);
}

function unequal(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected,
    found,
    fix: "check that `model` and `revision` name what was loaded; else choose another layer, or leave this model unpruned",
  });
}
