import {
  float32Tensor,
  int64Tensor,
  keptRows,
  optionalFloat32,
  requiredFloat32,
  requiredOutput,
  semanticAttention,
  sessionOf,
  visualColumns,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { PixelValues, SemanticAttention } from "@vla-pruner/core";
import type { OftVla } from "./oft-vla.ts";

/** What a pass through the decoder starts from, beside the pictures. */
export interface WordInputs {
  readonly ids: readonly number[];
  /** float32 `[state]`, normalised. */
  readonly state: Float32Array | null;
  /** Noisy actions `[chunk · action]` and the time embedding `[hidden]`, for a diffusion head. */
  readonly denoising: { readonly noisy: Float32Array; readonly time: Float32Array } | null;
}

export interface PassInputs extends WordInputs {
  readonly features: GraphTensor;
}

export interface WholeInputs extends WordInputs {
  readonly pixels: Required<PixelValues>;
}

/** The sequence at the cut. */
export interface HeadPass {
  /** `[1, sequence, hidden]`; absent where `act` runs all layers itself. */
  readonly hidden?: GraphTensor;
  readonly sequence: number;
  readonly semantic: SemanticAttention;
  /**
   * Action attention at the tapped layers below the cut, `[layers, vision]`; at the last of them alone where `act` runs
   * all layers; `null` where none is tapped.
   */
  readonly actionAttention: Float32Array | null;
}

export interface ActPass {
  readonly outputs: NamedTensors;
  /** Action attention at the tapped layers below the cut, `[layers, vision]`; `null` where none is tapped. */
  readonly below: Float32Array | null;
  /** Action attention at the tapped layers above the cut, `[layers, kept]`; `null` where none is tapped. */
  readonly above: Float32Array | null;
}

/** What a run from pixels on gives. */
export interface WholePass extends ActPass {
  readonly semantic: SemanticAttention;
  /** `[vision, vision]`. */
  readonly similarity: Float32Array;
  readonly sequence: number;
}

/** The two decoder sessions: all tokens below the cut, the kept ones above it. */
export class ParallelDecoder {
  /** `null` where one graph does a whole call. */
  readonly #head: GraphSession | null;
  readonly #act: GraphSession;
  readonly #vla: OftVla;

  constructor(sessions: Readonly<Record<string, GraphSession>>, vla: OftVla) {
    this.#head = vla.ahead === true ? null : sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, vla.ahead === true ? "step" : "act");
    this.#vla = vla;
  }

  /** The sequence up to the cut, and its scores. */
  async head(inputs: PassInputs): Promise<HeadPass> {
    if (this.#head === null) throw new TypeError("a graph step has no head");
    const outputs = await this.#head.run(this.#feeds(inputs));
    return {
      ...(this.#vla.one_run !== true && { hidden: requiredOutput(outputs, "hidden_states") }),
      sequence: this.#rows(inputs),
      semantic: this.#semantic(outputs, inputs),
      actionAttention: optionalFloat32(outputs, "action_attention"),
    };
  }

  /** A whole call, from pixels on. */
  async whole(inputs: WholeInputs, keep: Int32Array): Promise<WholePass> {
    const { data, dims } = inputs.pixels;
    const pass = await this.#oneRun(inputs, { pixel_values: float32Tensor(data, dims) }, keep);
    const semantic = this.#semantic(pass.outputs, inputs);
    const similarity = requiredFloat32(pass.outputs, "image_similarity");
    return { ...pass, semantic, similarity, sequence: this.#rows(inputs) };
  }

  #semantic(outputs: NamedTensors, inputs: WordInputs): SemanticAttention {
    const { chunk, action_size: size } = this.#vla;
    const words = this.#rows(inputs) - chunk * size - 1; // without placeholders and stop token
    // Every row sees every column, so there is nothing to correct.
    return semanticAttention(outputs, { sequence: words, hasText: inputs.ids.length > 1 });
  }

  /** The kept rows above the cut, from what a head of the same inputs left. */
  async act(inputs: PassInputs, head: HeadPass | null, keep: Int32Array): Promise<ActPass> {
    if (this.#vla.one_run === true) return this.#oneRun(inputs, { image_features: inputs.features }, keep);
    const { hidden, actionAttention: below } = head ?? (await this.head(inputs));
    const takesRows = this.#act.inputNames.includes("kept_rows"); // for CUDA
    try {
      const outputs = await this.#act.run({
        ...(hidden && { hidden_states: hidden }),
        ...(takesRows ? { kept_rows: this.#keptRows(inputs, keep) } : { keep_indices: int64Tensor(keep) }),
      });
      const above = takesRows
        ? visualColumns(outputs, "action_attention", keep.length)
        : optionalFloat32(outputs, "action_attention");
      return { outputs, below, above };
    } finally {
      if (head === null) hidden?.dispose();
    }
  }

  async #oneRun(inputs: WordInputs, picture: NamedTensors, keep: Int32Array): Promise<ActPass> {
    const outputs = await this.#act.run({
      ...this.#words(inputs),
      ...picture,
      all_rows: int64Tensor(Array.from({ length: this.#rows(inputs) }, (_, row) => row)),
      kept_rows: this.#keptRows(inputs, keep),
    });
    return {
      outputs,
      below: visualColumns(outputs, "action_attention_below", this.#vision),
      above: visualColumns(outputs, "action_attention", keep.length),
    };
  }

  #keptRows(inputs: WordInputs, keep: Int32Array): GraphTensor {
    return int64Tensor(keptRows(keep, { start: 1, vision: this.#vision, sequence: this.#rows(inputs) }));
  }

  #feeds(inputs: PassInputs): NamedTensors {
    return { ...this.#words(inputs), image_features: inputs.features };
  }

  #words({ ids, state, denoising }: WordInputs): NamedTensors {
    const { chunk, action_size: size, decoder } = this.#vla;
    return {
      input_ids: int64Tensor(ids, [1, ids.length]),
      ...(state !== null && { proprio: float32Tensor(state, [1, state.length]) }),
      ...(denoising !== null && {
        noisy_actions: float32Tensor(denoising.noisy, [1, chunk * size, 1]),
        time_embedding: float32Tensor(denoising.time, [1, 1, decoder.hidden]),
      }),
    };
  }

  get #vision(): number {
    return this.#vla.views * this.#vla.vision_tokens_per_view;
  }

  /** Rows of the sequence: words, pictures, state, denoising step, placeholders, stop token. */
  #rows({ ids, state, denoising }: WordInputs): number {
    const extra = (state === null ? 0 : 1) + (denoising === null ? 0 : 1);
    return ids.length + this.#vision + extra + this.#vla.chunk * this.#vla.action_size + 1;
  }
}
