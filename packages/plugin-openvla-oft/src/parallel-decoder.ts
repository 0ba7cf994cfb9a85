import {
  float32Tensor,
  int64Tensor,
  optionalFloat32,
  requiredOutput,
  semanticAttention,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { SemanticAttention } from "@vla-pruner/core";
import type { OftVla } from "./oft-vla.ts";

/** What a pass through the decoder starts from. */
export interface PassInputs {
  readonly ids: readonly number[];
  readonly features: GraphTensor;
  /** float32 `[state]`, normalised. */
  readonly state: Float32Array | null;
  /** Noisy actions `[chunk · action]` and the time embedding `[hidden]`, for a diffusion head. */
  readonly denoising: { readonly noisy: Float32Array; readonly time: Float32Array } | null;
}

/** The sequence at the cut. */
export interface HeadPass {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  readonly semantic: SemanticAttention;
  /** Action attention at the tapped layers below the cut, `[layers, vision]`; `null` where none is tapped. */
  readonly actionAttention: Float32Array | null;
}

export interface ActPass {
  readonly outputs: NamedTensors;
  /** Action attention at the tapped layers above the cut, `[layers, kept]`; `null` where none is tapped. */
  readonly actionAttention: Float32Array | null;
}

/** The two decoder sessions: all tokens below the cut, the kept ones above it. */
export class ParallelDecoder {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #vla: OftVla;

  constructor(sessions: Readonly<Record<string, GraphSession>>, vla: OftVla) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#vla = vla;
  }

  async head({ ids, features, state, denoising }: PassInputs): Promise<HeadPass> {
    const { chunk, action_size: size, decoder } = this.#vla;
    const outputs = await this.#head.run({
      input_ids: int64Tensor(ids, [1, ids.length]),
      image_features: features,
      ...(state !== null && { proprio: float32Tensor(state, [1, state.length]) }),
      ...(denoising !== null && {
        noisy_actions: float32Tensor(denoising.noisy, [1, chunk * size, 1]),
        time_embedding: float32Tensor(denoising.time, [1, 1, decoder.hidden]),
      }),
    });
    const hidden = requiredOutput(outputs, "hidden_states");
    const words = (hidden.dims[1] ?? 0) - chunk * size - 1; // without placeholders and stop token
    return {
      hidden,
      // Every row sees every column, so there is nothing to correct.
      semantic: semanticAttention(outputs, { sequence: words, hasText: ids.length > 1 }),
      actionAttention: optionalFloat32(outputs, "action_attention"),
    };
  }

  async act(hidden: GraphTensor, keep: Int32Array): Promise<ActPass> {
    const outputs = await this.#act.run({ hidden_states: hidden, keep_indices: int64Tensor(keep) });
    return { outputs, actionAttention: optionalFloat32(outputs, "action_attention") };
  }
}
