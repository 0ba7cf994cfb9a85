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
  /** Rows of prompt and picture. */
  readonly sequence: number;
  /** Inputs of `act` that say what the prompt is. */
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
    this.room = Math.min(form.room ?? Number.POSITIVE_INFINITY, vla.decoder.positions);
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
    const prompt = { input_ids: int64Tensor(words, [1, words.length]), image_features: features };
    const outputs = await sessionIn(this.#head).run({
      ...prompt,
      last_index: int32Tensor([rows - 1]),
      total_length: int32Tensor([rows]),
      ...(handed !== undefined && { prompt_rows: int64Tensor([sequence]) }),
    });
    try {
      const semantic = scoresOf(outputs, ids, sequence);
      return { state: { ...this.#prompt(prompt, outputs), sequence, draft }, semantic, sequence };
    } catch (error) {
      disposeAll(Object.values(outputs)); // No step owns them yet.
      throw error;
    }
  }

  #prompt(
    prompt: Readonly<Record<"input_ids" | "image_features", GraphTensor>>,
    outputs: NamedTensors,
  ): Pick<Prompt, "feeds" | "own"> {
    const { handed_over: names } = this.#form;
    if (names === undefined) return { feeds: prompt, own: [prompt.input_ids] };
    const handed = names.map((name) => [name, requiredOutput(outputs, name)] as const);
    return { feeds: Object.fromEntries(handed), own: handed.map(([, tensor]) => tensor) };
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
    const feeds = {
      pixel_values: float32Tensor(data, dims),
      input_ids: int64Tensor(ids, [1, ids.length]),
    };
    const outputs = await this.#run({ sequence, feeds, draft }, keep);
    const similarity = requiredFloat32(outputs, "image_similarity");
    const semantic = scoresOf(outputs, ids, sequence);
    return { ...this.#decoded(outputs, keep), similarity, semantic, sequence };
  }

  async #run({ sequence, feeds, draft }: Omit<Prompt, "own">, keep: Int32Array): Promise<NamedTensors> {
    const { actions } = this.#form;
    const places = stepPlaces(this.#vla, this.#form, { sequence, keep, drafted: draft !== undefined });
    const { cache_shape: shape, ...others } = places;
    return this.#act.run({
      ...feeds,
      ...others,
      ...(this.#act.inputNames.includes("cache_shape") && shape && { cache_shape: shape }),
      use_draft: boolTensor(draft !== undefined),
      draft: this.#words(draft?.slice(0, actions - 1) ?? Array.from({ length: actions - 1 }, () => 0)),
    });
  }

  #decoded(outputs: NamedTensors, keep: Int32Array): DecodedAction {
    checkComputed(requiredFloat32(outputs, "token_scores"), "logits");
    const tokens = Array.from(requiredOutput(outputs, "tokens").data as BigInt64Array | Int32Array, Number);
    return { tokens, actionAttention: this.#attention(outputs, keep.length) };
  }

  release({ own }: Prompt): void {
    for (const tensor of own) tensor.dispose();
  }

  /** Graphs for WebGPU have word numbers of 32 bits. */
  #words(draft: readonly number[]): GraphTensor {
    const dims = [1, draft.length];
    return this.#form.handed_over === undefined ? int64Tensor(draft, dims) : int32Tensor(draft, dims);
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
