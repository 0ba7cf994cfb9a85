import { throwIfCancelled, TapMean } from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { ModelLayout, StepCall, VlaModelParts } from "@vla-pruner/core";
import { ActionDecoder } from "./action-decoder.ts";
import type { DecoderState, HeadPass } from "./action-decoder.ts";
import { checkDraft } from "./check-draft.ts";
import type { OpenVlaVla } from "./openvla-vla.ts";
import type { DecodedAction, Prefill, TokenDecoder } from "./token-decoder.ts";

interface Head {
  readonly decoder: DecoderState;
  readonly pass: HeadPass;
}

/** A decoding under way. */
interface Progress {
  readonly state: DecoderState;
  readonly tokens: number[];
  readonly taps: TapMean;
  readonly kept: number;
}

/**
 * Token after token, a pass through both sessions for each: can be cancelled between any two. With a draft, what a pass
 * leaves open is guessed by that pass and verified by the next (Jacobi iteration): never more passes than tokens, and
 * the tokens of greedy decoding.
 */
export class StepwiseDecoder implements TokenDecoder<Head> {
  readonly room: number;
  readonly #decoder: ActionDecoder;
  readonly #vla: OpenVlaVla;
  readonly #layout: ModelLayout;
  readonly #actions: number;
  readonly #visionTokens: number;

  constructor(sessions: VlaModelParts["sessions"], vla: OpenVlaVla, layout: ModelLayout, actions: number) {
    this.#decoder = new ActionDecoder(sessions, vla);
    this.#vla = vla;
    this.#layout = layout;
    this.#actions = actions;
    this.#visionTokens = vla.views * vla.vision_tokens_per_view;
    this.room = vla.decoder.positions;
  }

  async prefill(ids: readonly number[], features: GraphTensor): Promise<Prefill<Head>> {
    const decoder = this.#decoder.start(this.#visionTokens);
    const { pass, semantic, sequence } = await this.#decoder.prefillHead(decoder, ids, features);
    return { state: { decoder, pass }, semantic, sequence };
  }

  /** Prefill above the cut gives the first token; every further pass gives one, and those that were guessed right. */
  async decode(
    { decoder: state, pass }: Head,
    keep: Int32Array,
    { signal, draft }: StepCall,
  ): Promise<DecodedAction> {
    if (draft !== undefined) checkDraft(draft, this.#actions, this.#vla.decoder.vocabulary);
    const taps = new TapMean(this.#layout, this.#visionTokens, keep.length);
    const first = await this.#decoder.prefillAct(state, pass.hidden, keep);
    taps.add(pass.actionAttention, first.actionAttention);
    const progress = { state, tokens: [...first.tokens], taps, kept: keep.length };
    let guesses: readonly number[] = draft?.slice(1) ?? [];
    let passes = 0;
    while (progress.tokens.length < this.#actions) {
      const done = progress.tokens.length;
      throwIfCancelled(signal, `before action token ${done}`);
      const later = await this.#pass(progress, [
        ...progress.tokens.slice(-1),
        ...guesses.slice(0, this.#actions - done - 1),
      ]);
      guesses = draft === undefined ? [] : later;
      passes += 1;
    }
    return { tokens: progress.tokens, actionAttention: taps.layers(), passes };
  }

  release({ decoder, pass }: Head): void {
    pass.hidden.dispose();
    decoder.headCache.dispose();
    decoder.actCache.dispose();
  }

  /**
   * Words through both sessions, the first of which is known to be right. Takes the tokens after it, as long as the
   * words were right; what was cached of wrong ones is taken back.
   *
   * @returns guesses of the tokens behind those
   */
  async #pass({ state, tokens, taps, kept }: Progress, words: readonly number[]): Promise<readonly number[]> {
    const { headCache, actCache } = state;
    const [below, above] = [headCache.length, actCache.length];
    const head = await this.#decoder.stepHead(state, words);
    const next = await this.#decoder.stepAct(state, head.hidden, kept);
    const wrong = words.slice(1).findIndex((word, index) => word !== next.tokens[index]);
    const right = wrong < 0 ? words.length : wrong + 1;
    taps.add(head.actionAttention, next.actionAttention, words.length, right);
    tokens.push(...next.tokens.slice(0, right));
    headCache.shorten(below + right);
    actCache.shorten(above + right);
    return next.tokens.slice(right);
  }
}
