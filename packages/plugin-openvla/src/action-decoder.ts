import {
  boolTensor,
  checkComputed,
  emptyTensor,
  int64Tensor,
  KeyValueCache,
  optionalFloat32,
  requiredFloat32,
  requiredOutput,
  semanticAttention,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { SemanticAttention } from "@vla-pruner/core";
import type { OpenVlaVla } from "./openvla-vla.ts";

/** The decoder between two runs: caches of both sessions, and where the picture lies. */
export interface DecoderState {
  readonly headCache: KeyValueCache;
  readonly actCache: KeyValueCache;
  /** First row of the picture, and its rows: `[start, count]`. */
  readonly visionSpan: readonly [number, number];
}

/** What one pass of `prefill_head` gives. */
export interface HeadPass {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  /** Action attention at the tapped layers below the cut, `[layers, rows, vision]`; `null` where none is tapped. */
  readonly actionAttention: Float32Array | null;
}

/** What one pass of `act` gives. */
export interface ActPass {
  /** The likeliest word after each row that answers. */
  readonly tokens: readonly number[];
  /** Action attention at the tapped layers above the cut, `[layers, rows, kept]`; `null` where none is tapped. */
  readonly actionAttention: Float32Array | null;
}

/** The rows of a pass above the cut. */
interface ActRows {
  readonly keep: Int32Array;
  readonly span: readonly [number, number];
  /** Rows that the cache gets. */
  readonly added: number;
  /** Visual tokens in the cache after it. */
  readonly seen: number;
  /** Last rows whose next token is asked for. */
  readonly answers: number;
}

/** The two decoder sessions, run for a prefill or for more tokens. Both serve both. */
export class ActionDecoder {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #vla: OpenVlaVla;

  constructor(sessions: Readonly<Record<string, GraphSession>>, vla: OpenVlaVla) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#vla = vla;
  }

  start(visionTokens: number): DecoderState {
    const { layers, key_value_heads: heads, head_size: headSize, float_type: type } = this.#vla.decoder;
    const all = Array.from({ length: layers }, (_, layer) => layer);
    const cut = this.#vla.prune_layer;
    return {
      headCache: new KeyValueCache({ layers: all.slice(0, cut), heads, headSize, type }),
      actCache: new KeyValueCache({ layers: all.slice(cut), heads, headSize, type }),
      visionSpan: [1, visionTokens], // the picture comes after BOS
    };
  }

  /** Layers below the cut over the prompt: `ids` with the visual tokens after the first. */
  async prefillHead(
    state: DecoderState,
    ids: readonly number[],
    features: GraphTensor,
  ): Promise<{ pass: HeadPass; semantic: SemanticAttention; sequence: number }> {
    const [start, count] = state.visionSpan;
    const sequence = ids.length + count;
    const outputs = await this.#runHead(state, ids, features, sequence, true);
    const hasText = ids.length > 3; // more than BOS, the first word and the last token
    const semantic = semanticAttention(outputs, { sequence, hasText, causalFrom: start });
    return { pass: passOf(outputs), semantic, sequence };
  }

  /** Layers below the cut over more tokens. */
  async stepHead(state: DecoderState, tokens: readonly number[]): Promise<HeadPass> {
    const { hidden, float_type: type } = this.#vla.decoder;
    const none = emptyTensor(type, [1, 0, hidden]);
    return passOf(await this.#runHead(state, tokens, none, tokens.length, false));
  }

  /** Layers above the cut over the kept tokens of the prompt. */
  async prefillAct(state: DecoderState, hidden: GraphTensor, keep: Int32Array): Promise<ActPass> {
    const [, count] = state.visionSpan;
    const kept = state.headCache.length - count + keep.length;
    return this.#runAct(state, hidden, {
      keep,
      span: state.visionSpan,
      added: kept,
      seen: keep.length,
      answers: 1,
    });
  }

  /** Layers above the cut over more tokens, whose `hidden` is freed; `kept` visual tokens are in the cache. */
  async stepAct(state: DecoderState, hidden: GraphTensor, kept: number): Promise<ActPass> {
    const added = hidden.dims[1] ?? 0;
    try {
      return await this.#runAct(state, hidden, {
        keep: new Int32Array(0),
        span: [0, 0],
        added,
        seen: kept,
        answers: added,
      });
    } finally {
      hidden.dispose();
    }
  }

  async #runHead(
    { headCache, visionSpan: [start, count] }: DecoderState,
    ids: readonly number[],
    features: GraphTensor,
    added: number,
    tap: boolean,
  ): Promise<NamedTensors> {
    const outputs = await this.#head.run({
      input_ids: int64Tensor(ids, [1, ids.length]),
      image_features: features,
      position_ids: positions(headCache.length, added),
      vision_columns: int64Tensor([start, start + count]),
      tap_semantic: boolTensor(tap),
      answer_rows: int64Tensor([tap ? -1 : -added]),
      ...headCache.feeds(added),
    });
    headCache.update(outputs, added);
    return outputs;
  }

  async #runAct(
    { headCache, actCache, visionSpan }: DecoderState,
    hidden: GraphTensor,
    { keep, span, added, seen, answers }: ActRows,
  ): Promise<ActPass> {
    const rows = hidden.dims[1] ?? 0;
    const outputs = await this.#act.run({
      hidden_states: hidden,
      keep_indices: int64Tensor(keep),
      vision_span: int64Tensor(span),
      position_ids: positions(headCache.length - rows, rows), // numbered from the unpruned length
      vision_columns: int64Tensor([visionSpan[0], visionSpan[0] + seen]),
      answer_rows: int64Tensor([-answers]),
      ...actCache.feeds(added),
    });
    actCache.update(outputs, added);
    const logits = checkComputed(requiredFloat32(outputs, "logits"), "logits");
    return {
      tokens: Array.from({ length: answers }, (_, row) => likeliest(logits, row, logits.length / answers)),
      actionAttention: optionalFloat32(outputs, "action_attention"),
    };
  }
}

/** The first of the largest of a row. */
function likeliest(logits: Float32Array, row: number, width: number): number {
  const values = logits.subarray(row * width, (row + 1) * width);
  return values.indexOf(values.reduce((best, value) => Math.max(best, value)));
}

function passOf(outputs: NamedTensors): HeadPass {
  return {
    hidden: requiredOutput(outputs, "hidden_states"),
    actionAttention: optionalFloat32(outputs, "action_attention"),
  };
}

function positions(start: number, count: number): GraphTensor {
  return int64Tensor(
    Int32Array.from({ length: count }, (_, index) => start + index),
    [1, count],
  );
}
