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
import type { ModelLayout, StepCall, VlaModelParts } from "@vla-pruner/core";
import { checkDraft } from "./check-draft.ts";
import type { OneRunBlock, OpenVlaVla } from "./openvla-vla.ts";
import type { DecodedAction, Prefill, TokenDecoder } from "./token-decoder.ts";

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

/** A score that says "not this column" to a softmax. */
const MASKED = -3.4e38;

/** Prompt and kept tokens in, all action tokens out: one run of `act` a call. */
export class OneRunDecoder implements TokenDecoder<Prompt> {
  readonly room: number;
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #vla: OpenVlaVla;
  readonly #form: OneRunBlock;
  readonly #layout: ModelLayout;
  readonly #visionTokens: number;

  constructor(sessions: VlaModelParts["sessions"], vla: OpenVlaVla, form: OneRunBlock, layout: ModelLayout) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
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
    const outputs = await this.#head.run({
      ...prompt,
      last_index: int32Tensor([rows - 1]),
      total_length: int32Tensor([rows]),
      ...(handed !== undefined && { prompt_rows: int64Tensor([sequence]) }),
    });
    try {
      const semantic = semanticAttention(outputs, { sequence, hasText: ids.length > 3, causalFrom: 1 });
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

  async decode({ sequence, feeds, draft }: Prompt, keep: Int32Array): Promise<DecodedAction> {
    const { actions } = this.#form;
    const outputs = await this.#act.run({
      ...feeds,
      ...this.#places(sequence, keep, draft !== undefined),
      use_draft: boolTensor(draft !== undefined),
      draft: this.#words(draft?.slice(0, actions - 1) ?? Array.from({ length: actions - 1 }, () => 0)),
    });
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

  /** Which rows go on, where they stand, and how long the caches are at every pass. */
  #places(sequence: number, keep: Int32Array, drafted: boolean): NamedTensors {
    const { actions, room } = this.#form;
    const { key_value_heads: heads, head_size: size, positions } = this.#vla.decoder;
    const text = range(1 + this.#visionTokens, sequence);
    const rows = [0, ...Array.from(keep, (index) => index + 1), ...text];
    const later = range(sequence, sequence + actions - 1);
    const base = { below: sequence, above: rows.length };
    const columns = { below: room ?? base.below + actions - 1, above: room ?? base.above + actions - 1 };
    const cached = [...rows, ...later];
    // Grouped attention wants a row of the tables for all of a room.
    const spare = range(cached.length, columns.above).map((_, index) =>
      Math.min(sequence + actions + index, positions - 1),
    );
    return {
      kept_rows: int64Tensor(drafted ? cached : rows),
      cache_positions: int64Tensor([...cached, ...spare]),
      answer_positions: int64Tensor([sequence - 1, ...later]),
      ...(this.#act.inputNames.includes("cache_shape") && {
        cache_shape: int64Tensor([1, heads, room ?? columns.above, size]),
      }),
      ...this.#masks(base, columns),
      ...this.#lengths(base),
    };
  }

  /** The row of an action sees the prompt and the actions before it. */
  #masks(base: Readonly<Record<"below" | "above", number>>, columns: typeof base): NamedTensors {
    const { actions } = this.#form;
    const masks = (["below", "above"] as const).map((side) => {
      const width = columns[side];
      const mask = new Float32Array(actions * width);
      for (let row = 0; row < actions; row += 1)
        mask.fill(MASKED, row * width + base[side] + row, (row + 1) * width);
      return [`tap_mask.${side}`, float32Tensor(mask, [actions, width])] as const;
    });
    return Object.fromEntries(masks);
  }

  #lengths(base: Readonly<Record<"below" | "above", number>>): NamedTensors {
    const { actions, handed_over: handed } = this.#form;
    const passes = [
      ...range(0, actions).map((step) => [String(step), step] as const),
      ["draft", actions - 1] as const,
    ];
    const lengths = (["below", "above"] as const).flatMap((side) =>
      passes.map(([name, more]) => [`${side}.${name}`, base[side] + more] as const),
    );
    const inputs = (name: string, less: number): NamedTensors =>
      Object.fromEntries(lengths.map(([pass, total]) => [`${name}.${pass}`, int32Tensor([total - less])]));
    return {
      ...inputs("total_length", 0),
      ...(handed === undefined
        ? inputs("last_index", 1)
        : { last_indices: int32Tensor(lengths.map(([, total]) => total - 1)) }),
    };
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

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
