import {
  float32Tensor,
  readFloat32,
  requiredOutput,
  sessionOf,
  TapMean,
  throwIfCancelled,
} from "@vla-pruner/core";
import type {
  ActionChunk,
  ActResult,
  GraphSession,
  GraphTensor,
  HeadResult,
  ModelLayout,
  Observation,
  PixelValues,
  SemanticAttention,
  StepCall,
  VisionTokens,
  VlaAdapter,
  VlaModelParts,
} from "@vla-pruner/core";
import {
  checkIds,
  checkPixels,
  encodePrompt,
  invalid,
  openvlaPrompt,
  processFrame,
} from "@vla-pruner/prismatic";
import { ActionDecoder } from "./action-decoder.ts";
import type { DecoderState, HeadPass } from "./action-decoder.ts";
import { actionBounds, decodeActions } from "./actions.ts";
import type { ActionBounds } from "./actions.ts";
import { mainFrame } from "./check-observation.ts";
import { exampleObservation } from "./example-observation.ts";
import { openvlaLayout } from "./openvla-layout.ts";
import { checkOpenVla } from "./check-openvla.ts";
import type { OpenVlaVla } from "./openvla-vla.ts";

export interface OpenVlaOptions {
  /** Training set whose statistics un-normalise actions; needed where the model has several. */
  readonly unnormKey?: string;
  /** Crops frames to 0.9 of their area first, as models trained with random crops expect (LIBERO). */
  readonly centerCrop?: boolean;
  /** Instruction → prompt, for fine-tunes with another template. */
  readonly prompt?: (instruction: string) => string;
}

export interface OpenVlaPrompt {
  readonly pixels: Required<PixelValues>;
  readonly ids: readonly number[];
}

interface HeadState {
  readonly decoder: DecoderState;
  readonly pass: HeadPass;
}

/** OpenVLA (autoregressive): seven action tokens, one after the other. */
export class OpenVlaAdapter implements VlaAdapter<OpenVlaPrompt, GraphTensor, HeadState, readonly number[]> {
  readonly architecture = "openvla";
  readonly layout: ModelLayout;
  readonly #model: VlaModelParts;
  readonly #vla: OpenVlaVla;
  readonly #bounds: ActionBounds;
  readonly #options: OpenVlaOptions;
  readonly #decoder: ActionDecoder;

  constructor(model: VlaModelParts, options: OpenVlaOptions) {
    this.#model = model;
    this.#vla = checkOpenVla(model.vla);
    this.#bounds = actionBounds(this.#vla.norm_stats, options.unnormKey);
    this.#options = options;
    this.#decoder = new ActionDecoder(this.#session("prefill_head"), this.#session("act"), this.#vla);
    this.layout = openvlaLayout(this.#vla, this.#bounds.low.length);
  }

  async prepare(observation: Observation): Promise<OpenVlaPrompt> {
    const { image_processor: image, decoder } = this.#vla;
    const dims = [1, 3 * image.normalize.length, image.size, image.size];
    const pixels =
      observation.pixelValues === undefined
        ? processFrame(mainFrame(observation.images), image, this.#options.centerCrop ?? false)
        : checkPixels(observation.pixelValues, dims);
    const room = decoder.positions - this.#visionTokens - this.#bounds.low.length;
    return { pixels, ids: checkIds(this.#promptIds(observation), decoder.vocabulary, room) };
  }

  async encodeVision({ pixels }: OpenVlaPrompt): Promise<VisionTokens<GraphTensor>> {
    const outputs = await this.#session("vision_encoder").run({
      pixel_values: float32Tensor(pixels.data, pixels.dims),
    });
    return {
      features: requiredOutput(outputs, "image_features"),
      similarity: readFloat32(outputs["image_similarity"], "image_similarity"),
      views: this.layout.views,
    };
  }

  async prefillHead(
    { ids }: OpenVlaPrompt,
    vision: VisionTokens<GraphTensor>,
  ): Promise<HeadResult<HeadState>> {
    const decoder = this.#decoder.start(this.#visionTokens);
    const pass = await this.#decoder.prefillHead(decoder, ids, vision.features);
    const sequence = ids.length + this.#visionTokens;
    const semantic = this.#semantic(readFloat32(pass.semantic, "semantic_attention"), ids.length);
    return { state: { decoder, pass }, sequence, semantic };
  }

  /** Prefill above the cut gives the first token; every further one takes a pass through both sessions. */
  async act(
    _: OpenVlaPrompt,
    { state }: HeadResult<HeadState>,
    keep: Int32Array,
    { signal }: StepCall,
  ): Promise<ActResult<readonly number[]>> {
    const { decoder } = state;
    const taps = new TapMean(this.layout, this.#visionTokens, keep.length);
    const first = await this.#decoder.prefillAct(decoder, state.pass.hidden, keep);
    taps.add(state.pass.actionAttention, first.actionAttention);
    const tokens = [first.token];
    while (tokens.length < this.#bounds.low.length) {
      throwIfCancelled(signal, `before action token ${tokens.length}`);
      const head = await this.#decoder.stepHead(decoder, tokens.at(-1) ?? 0);
      const next = await this.#decoder.stepAct(decoder, head.hidden, keep.length);
      taps.add(head.actionAttention, next.actionAttention);
      tokens.push(next.token);
    }
    return { raw: tokens, actionAttention: taps.layers() };
  }

  toAction(tokens: readonly number[]): ActionChunk {
    return { actions: [decodeActions(tokens, this.#vla.action_tokens, this.#bounds)], tokens };
  }

  exampleObservation(seed: number): Observation {
    return exampleObservation(seed, this.#vla);
  }

  release({ vision, head }: { vision?: VisionTokens<GraphTensor>; head?: HeadResult<HeadState> }): void {
    vision?.features.dispose();
    head?.state.pass.hidden.dispose();
    head?.state.pass.semantic?.dispose();
    head?.state.decoder.headCache.dispose();
    head?.state.decoder.actCache.dispose();
  }

  get #visionTokens(): number {
    return this.#vla.vision_tokens_per_view;
  }

  #promptIds({ inputIds, instruction }: Observation): readonly number[] {
    if (inputIds !== undefined) return inputIds;
    if (typeof instruction !== "string" || instruction.trim() === "") {
      throw invalid(
        "an instruction or inputIds",
        instruction === undefined ? "neither" : "an empty instruction",
        "say what the robot should do",
      );
    }
    const prompt = (this.#options.prompt ?? openvlaPrompt)(instruction);
    return encodePrompt(this.#model.tokenizer, prompt, this.#vla.empty_token_id);
  }

  #semantic(rows: Float32Array, words: number): SemanticAttention {
    const vision = this.#visionTokens;
    const row = (index: number): Float32Array => rows.slice(index * vision, (index + 1) * vision);
    const sequence = words + vision;
    const hasText = words > 3; // more than BOS, the first word and the last token
    return {
      scores: { prefill: row(0), last: row(1), ...(hasText && { text: row(2), raters: row(3) }) },
      visibleRows: Float32Array.from({ length: vision }, (_, column) => sequence - 1 - column),
      sequence,
    };
  }

  #session(name: string): GraphSession {
    return sessionOf(this.#model.sessions, name);
  }
}
