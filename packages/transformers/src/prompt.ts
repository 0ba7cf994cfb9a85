import type { ViewSpan } from "@vla-pruner/core";
import type { Feeds, StockTensor } from "./stock/stock-model.ts";

/** One run of the decoder, as transformers.js asks for it. */
export interface DecoderCall {
  readonly feeds: Feeds;
  readonly batch: number;
  /** Rows of this run. */
  readonly rows: number;
  /** Cached rows of layers below the cut, and of those above. */
  readonly past: number;
  readonly short: number;
}

/** Where the words and the pictures of a prompt stand; rows count from the start of this run. */
export interface PromptRows {
  /** Rows of visual tokens, int32 `[vision]`, ascending. */
  readonly visual: Int32Array;
  /** One view for each run of visual tokens without a word in between. */
  readonly views: readonly ViewSpan[];
  /** Rows after the last visual token; all that are not visual where there is none after it. */
  readonly text: Int32Array;
}

/** @param ids token ids of the run, `[rows]` */
export function promptRows(ids: ArrayLike<bigint>, imageToken: bigint): PromptRows {
  const all = Int32Array.from({ length: ids.length }, (_, row) => row);
  const visual = all.filter((row) => ids[row] === imageToken);
  const starts = [...visual.keys()].filter(
    (index) => index === 0 || visual[index - 1] !== (visual[index] ?? 0) - 1,
  );
  const views = starts.map((start, index) => ({
    name: `image-${index + 1}`,
    start,
    count: (starts[index + 1] ?? visual.length) - start,
  }));
  const words = all.filter((row) => ids[row] !== imageToken);
  const after = words.filter((row) => row > (visual.at(-1) ?? -1));
  return { visual, views, text: after.length > 0 ? after : words };
}

/** Whether a mask hides nothing. */
export function seesAll(mask: StockTensor | undefined): boolean {
  return mask === undefined || (mask.data as BigInt64Array).every((value) => value === 1n);
}
