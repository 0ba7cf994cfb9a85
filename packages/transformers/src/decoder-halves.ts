import { disposeAll, wrapSession } from "@vla-pruner/core/adapter";
import type { GraphSession } from "@vla-pruner/core/adapter";
import type { SplitDecoder } from "@vla-pruner/onnx/split";
import type { DecoderCall } from "./prompt.ts";
import { takenByRuntime } from "./stock/half-precision.ts";
import type { Feeds, OpenSession, StockTensor } from "./stock/stock-model.ts";
import { tailMask, tailPositions, wholeTensor } from "./tail-feeds.ts";

export interface OpenHalves {
  readonly split: SplitDecoder;
  readonly open: OpenSession;
  /** Session options of a part that refers to these files, and whose outputs are these. */
  readonly options: (files: readonly string[], outputs: readonly string[]) => Promise<object>;
  /** Outputs of the stock session, in its order. */
  readonly outputNames: readonly string[];
}

/** What the head gives: values of the cut, caches of layers < K, the tapped attention. */
export type HeadOutputs = Readonly<Record<string, StockTensor>>;

/** The two parts of a decoder in sessions. Stateless: lengths are read from the caches that come in. */
export class DecoderHalves {
  readonly split: SplitDecoder;
  readonly #head: GraphSession;
  readonly #tail: GraphSession;
  readonly #outputNames: readonly string[];

  private constructor(
    split: SplitDecoder,
    head: GraphSession,
    tail: GraphSession,
    outputNames: readonly string[],
  ) {
    this.split = split;
    this.#head = head;
    this.#tail = tail;
    this.#outputNames = outputNames;
  }

  static async open({ split, open, options, outputNames }: OpenHalves): Promise<DecoderHalves> {
    const caches = outputNames.filter((name) => name !== "logits");
    const head = await open(
      split.head.bytes,
      await options(split.head.files, [...split.cut.values, ...caches]),
    );
    try {
      const tail = await open(split.tail.bytes, await options(split.tail.files, caches));
      return new DecoderHalves(
        split,
        wrapSession("decoder below the cut", head),
        wrapSession("decoder above the cut", tail),
        outputNames,
      );
    } catch (error) {
      await head.release();
      throw error;
    }
  }

  /** A run of transformers.js, with the lengths of both sides. */
  callOf(feeds: Feeds): DecoderCall {
    const [batch = 1, rows = 0] = feeds["inputs_embeds"]?.dims ?? [];
    return { feeds, batch, rows, past: pastLength(feeds, this.#head), short: pastLength(feeds, this.#tail) };
  }

  /** @param tapped rows whose attention is wanted, where the head has a tap */
  async runHead(call: DecoderCall, tapped: Int32Array): Promise<HeadOutputs> {
    const feeds = { ...call.feeds, tap_rows: wholeTensor(call, tapped) };
    return run(this.#head, feeds);
  }

  /**
   * The stock outputs: logits of kept rows, caches of all layers.
   *
   * @param kept rows that layers ≥ K see, ascending
   * @param places rows whose positions they have: their own, but for trials
   */
  async runTail(
    call: DecoderCall,
    head: HeadOutputs,
    kept: Int32Array,
    places: Int32Array = kept,
  ): Promise<Record<string, StockTensor>> {
    const mask = tailMask(call, kept);
    const feeds: Record<string, StockTensor> = {
      ...call.feeds,
      ...head,
      ...tailPositions(call, places, this.split.positions),
      kept_rows: wholeTensor(call, kept),
      ...(mask && { attention_mask: mask }),
    };
    const tail = await run(this.#tail, feeds);
    const made = this.#outputNames.map((name) => [name, head[name] ?? tail[name]] as const);
    return Object.fromEntries(made.filter((entry): entry is [string, StockTensor] => entry[1] !== undefined));
  }

  /** Frees what a head gave for the tail alone. */
  releaseCut(head: HeadOutputs): void {
    disposeAll(
      this.split.cut.values.map((name) => head[name]).filter((tensor) => tensor?.location === "gpu-buffer"),
    );
  }

  async release(): Promise<void> {
    await this.#head.release();
    await this.#tail.release();
  }
}

async function run(session: GraphSession, feeds: Feeds): Promise<Record<string, StockTensor>> {
  const wanted = session.inputNames.filter((name) => feeds[name] !== undefined);
  const chosen = Object.fromEntries(wanted.map((name) => [name, feeds[name] as StockTensor]));
  return session.run(takenByRuntime(chosen));
}

const KEYS = /^past_key_values\.\d+\.key$/u;

/** Cached rows of a part's attention layers. */
function pastLength(feeds: Feeds, { inputNames }: GraphSession): number {
  const name = inputNames.find((input) => KEYS.test(input));
  return feeds[name ?? ""]?.dims.at(-2) ?? 0;
}
