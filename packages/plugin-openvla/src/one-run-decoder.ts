import {
  boolTensor,
  checkComputed,
  disposeAll,
  float32Tensor,
  int32Tensor,
  int64Tensor,
  requiredFloat32,
  requiredOutput,
  semanticAttention,
  sessionOf,
  TapMean,
  visualColumns,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { ModelLayout, PixelValues, SemanticAttention, StepCall, VlaModelParts } from "@vla-pruner/core";
import { checkDraft } from "./check-draft.ts";
import { stepPlaces } from "./step-places.ts";
import type { OneRunBlock, OpenVlaVla } from "./openvla-vla.ts";
import type { DecodedAction, Prefill, TokenDecoder, WholeCall } from "./token-decoder.ts";

interface Prompt {
  readonly ids: readonly number[];
  /** Rows of prompt and picture. */
  readonly sequence: number;
  /** Inputs of `act` that say what the prompt is, where these are not words and picture. */
  readonly feeds: NamedTensors;
  /** Those of them that were made for it. */
  readonly own: readonly GraphTensor[];
  /** The draft that is verified with it. */
  readonly draft: readonly number[] | undefined;
}

/** Prompt and kept tokens in, all action tokens out: one run of `act` a call. */
export class OneRunDecoder implements TokenDecoder<Prompt> {
  readonly room: number;
  /** `null` where one graph does a whole call. */
  readonly #head: GraphSession | null;
  readonly #act: GraphSession;
  readonly #vla: OpenVlaVla;
  readonly #form: OneRunBlock;
  readonly #layout: ModelLayout;
  readonly #visionTokens: number;

  constructor(sessions: VlaModelParts["sessions"], vla: OpenVlaVla, form: OneRunBlock, layout: ModelLayout) {
    this.#head = form.ahead === true ? null : sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, form.ahead === true ? "step" : "act");
    this.#vla = vla;
    this.#form = form;
    this.#layout = layout;
    this.#visionTokens = vla.views * vla.vision_tokens_per_view;
    this.room = vla.decoder.positions;
  }

  async prefill(
    ids: readonly number[],
    features: GraphTensor,
    { draft }: StepCall,
  ): Promise<Prefill<Prompt>> {
    const { actions, handed_over: handed } = this.#form;
    if (draft !== undefined) checkDraft(draft, actions, this.#vla.decoder.vocabulary);
    // Where rows are handed over, those of the draft go through these layers with the prompt.
    const begun = handed === undefined ? [] : (draft?.slice(0, actions - 1) ?? []);
    const words = [...ids, ...begun];
    const sequence = ids.length + this.#visionTokens;
    const rows = words.length + this.#visionTokens;
    const outputs = await sessionIn(this.#head).run({
      input_ids: int64Tensor(words, [1, words.length]),
      image_features: features,
      last_index: int32Tensor([rows - 1]),
      total_length: int32Tensor([rows]),
      ...(handed !== undefined && { prompt_rows: int64Tensor([sequence]) }),
    });
    try {
      const semantic = scoresOf(outputs, ids, sequence);
      const own = (handed ?? []).map((name) => [name, requiredOutput(outputs, name)] as const);
      const feeds = handed === undefined ? { image_features: features } : Object.fromEntries(own);
      return {
        state: { ids, feeds, own: own.map(([, tensor]) => tensor), sequence, draft },
        semantic,
        sequence,
      };
    } catch (error) {
      disposeAll(Object.values(outputs)); // No step owns them yet.
      throw error;
    }
  }

  async decode(prompt: Prompt, keep: Int32Array): Promise<DecodedAction> {
    return this.#decoded(await this.#run(prompt, keep), keep);
  }

  /** A whole call, from pixels on: what was decoded, and what chooses the next call's tokens. */
  async whole(
    ids: readonly number[],
    { data, dims }: Required<PixelValues>,
    keep: Int32Array,
    { draft }: StepCall,
  ): Promise<WholeCall> {
    if (draft !== undefined) checkDraft(draft, this.#form.actions, this.#vla.decoder.vocabulary);
    const sequence = ids.length + this.#visionTokens;
    const feeds = { pixel_values: float32Tensor(data, dims) };
    const outputs = await this.#run({ ids, sequence, feeds, draft }, keep);
    const similarity = requiredFloat32(outputs, "image_similarity");
    const semantic = scoresOf(outputs, ids, sequence);
    return { ...this.#decoded(outputs, keep), similarity, semantic, sequence };
  }

  async #run({ ids, sequence, feeds, draft }: Omit<Prompt, "own">, keep: Int32Array): Promise<NamedTensors> {
    const room = this.#act.inputNames.includes("cache_shape");
    const rows = { sequence, keep, drafted: draft !== undefined, room };
    return this.#act.run({
      ...feeds,
      ...stepPlaces(this.#vla, this.#form, rows),
      ...this.#words(ids, draft),
      use_draft: boolTensor(draft !== undefined),
    });
  }

  /** Words that go in: for WebGPU those to verify, of 32 bits; else the prompt's and then those. Where there is no draft, any. */
  #words(ids: readonly number[], draft: readonly number[] | undefined): NamedTensors {
    const count = this.#form.actions - 1;
    const later = draft?.slice(0, count) ?? Array.from({ length: count }, () => 0);
    if (this.#form.handed_over !== undefined) return { draft: int32Tensor(later, [1, count]) };
    const words = [...ids, ...later];
    return { input_ids: int64Tensor(words, [1, words.length]) };
  }

  #decoded(outputs: NamedTensors, keep: Int32Array): DecodedAction {
    checkComputed(requiredFloat32(outputs, "token_scores"), "logits");
    const tokens = Array.from(requiredOutput(outputs, "tokens").data as BigInt64Array | Int32Array, Number);
    return { tokens, actionAttention: this.#attention(outputs, keep.length) };
  }

  release({ own }: Prompt): void {
    for (const tensor of own) tensor.dispose();
  }

  #attention(outputs: NamedTensors, kept: number): DecodedAction["actionAttention"] {
    const taps = new TapMean(this.#layout, this.#visionTokens, kept);
    taps.add(
      visualColumns(outputs, "action_attention_below", this.#visionTokens),
      visualColumns(outputs, "action_attention", kept),
    );
    return taps.layers();
  }
}

function sessionIn(session: GraphSession | null): GraphSession {
  if (session === null) throw new TypeError("a graph step has no head");
  return session;
}

function scoresOf(outputs: NamedTensors, ids: readonly number[], sequence: number): SemanticAttention {
  return semanticAttention(outputs, { sequence, hasText: ids.length > 3, causalFrom: 1 });
}
