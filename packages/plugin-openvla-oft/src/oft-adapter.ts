import {
  float32Tensor,
  int64Tensor,
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
  SemanticAttention,
  StepCall,
  VisionTokens,
  VlaAdapter,
  VlaModelParts,
} from "@vla-pruner/core";
import { checkOft } from "./check-oft.ts";
import { DdimSchedule, timeEmbedding, TRAINED_STEPS } from "./ddim.ts";
import { exampleObservation } from "./example-observation.ts";
import { oftLayout } from "./oft-layout.ts";
import { denoisingSteps } from "./oft-options.ts";
import type { OftOptions } from "./oft-options.ts";
import { ParallelDecoder } from "./parallel-decoder.ts";
import type { HeadPass } from "./parallel-decoder.ts";
import { prepareStep } from "./prepare-step.ts";
import type { OftPrompt, StepContext } from "./prepare-step.ts";
import { readNumbers, readTokens } from "./read-actions.ts";
import type { RawActions } from "./read-actions.ts";
import { readStatistics, unnormalizeActions } from "./statistics.ts";

interface HeadState {
  readonly pass: HeadPass;
  /** `[1, vision, hidden]`: a diffusion head needs them again. */
  readonly features: GraphTensor;
}

/** OpenVLA-OFT (parallel decoding): a whole chunk of actions from placeholders, in one pass. */
export class OftAdapter implements VlaAdapter<OftPrompt, GraphTensor, HeadState, RawActions> {
  readonly architecture = "openvla-oft";
  readonly layout: ModelLayout;
  readonly #sessions: Readonly<Record<string, GraphSession>>;
  readonly #context: StepContext;
  readonly #decoder: ParallelDecoder;
  readonly #schedule: DdimSchedule;

  constructor({ vla: block, sessions, tokenizer }: VlaModelParts, options: OftOptions) {
    const vla = checkOft(block);
    const statistics = readStatistics(vla, options.unnormKey, options.normalization ?? vla.normalization);
    for (const name of ["vision_encoder", ...(vla.film ? ["language_embedding"] : [])])
      sessionOf(sessions, name);
    this.#sessions = sessions;
    this.#context = { vla, options, statistics, tokenizer };
    this.#decoder = new ParallelDecoder(sessions, vla);
    const steps = denoisingSteps(options, vla, TRAINED_STEPS);
    this.#schedule = new DdimSchedule(steps);
    this.layout = oftLayout(vla, steps);
  }

  async prepare(observation: Observation): Promise<OftPrompt> {
    return prepareStep(observation, this.#context);
  }

  async encodeVision({ pixels, ids }: OftPrompt): Promise<VisionTokens<GraphTensor>> {
    const outputs = await sessionOf(this.#sessions, "vision_encoder").run({
      pixel_values: float32Tensor(pixels.data, pixels.dims),
      ...(this.#context.vla.film && { language_embedding: await this.#languageEmbedding(ids) }),
    });
    const similarity = readFloat32(outputs["image_similarity"], "image_similarity");
    return { features: requiredOutput(outputs, "image_features"), similarity, views: this.layout.views };
  }

  async prefillHead(
    prompt: OftPrompt,
    { features }: VisionTokens<GraphTensor>,
  ): Promise<HeadResult<HeadState>> {
    const pass = await this.#head(prompt, features, prompt.noise, this.#schedule.timesteps[0] ?? 0);
    const sequence = pass.hidden.dims[1] ?? 0;
    // The placeholders' attention at layer K − 1, the last one tapped below the cut.
    const currentAction = pass.actionAttention?.slice(-this.#vision);
    return {
      state: { pass, features },
      semantic: this.#semantic(pass.semantic, sequence, prompt),
      sequence,
      ...(this.layout.currentAction === true && currentAction && { currentAction }),
    };
  }

  /** Layers above the cut on the kept rows; a diffusion head goes through the whole decoder at every step. */
  async act(
    prompt: OftPrompt,
    { state }: HeadResult<HeadState>,
    keep: Int32Array,
    { signal }: StepCall,
  ): Promise<ActResult<RawActions>> {
    const { action_head: head, action_tokens: bins } = this.#context.vla;
    const taps = new TapMean(this.layout, this.#vision, keep.length);
    if (head === "diffusion")
      return {
        raw: await this.#denoise(prompt, state, { keep, taps, signal }),
        actionAttention: taps.layers(),
      };
    const { outputs, actionAttention } = await this.#decoder.act(state.pass.hidden, keep);
    taps.add(state.pass.actionAttention, actionAttention);
    const raw =
      head === "l1" ? { values: readNumbers(outputs, "actions"), tokens: null } : readTokens(outputs, bins);
    return { raw, actionAttention: taps.layers() };
  }

  toAction({ values, tokens }: RawActions): ActionChunk {
    return { actions: unnormalizeActions(values, this.#context.statistics.action), tokens };
  }

  exampleObservation(seed: number): Observation {
    return exampleObservation(seed, this.#context.vla);
  }

  release({ vision, head }: { vision?: VisionTokens<GraphTensor>; head?: HeadResult<HeadState> }): void {
    vision?.features.dispose();
    head?.state.pass.hidden.dispose();
  }

  get #vision(): number {
    return this.layout.views.reduce((sum, { count }) => sum + count, 0);
  }

  /** What steers the vision towers of a FiLM model, `[1, hidden]`. */
  async #languageEmbedding(ids: readonly number[]): Promise<GraphTensor> {
    const session = sessionOf(this.#sessions, "language_embedding");
    const outputs = await session.run({ input_ids: int64Tensor(ids, [1, ids.length]) });
    return requiredOutput(outputs, "language_embedding");
  }

  async #head(
    { ids, state }: OftPrompt,
    features: GraphTensor,
    noisy: Float32Array | null,
    timestep: number,
  ): Promise<HeadPass> {
    const { hidden } = this.#context.vla.decoder;
    const denoising = noisy === null ? null : { noisy, time: timeEmbedding(timestep, hidden) };
    return this.#decoder.head({ ids, features, state, denoising });
  }

  /** DDIM from the noise; the first pass below the cut is the one that the tokens were chosen by. */
  async #denoise(
    prompt: OftPrompt,
    { pass, features }: HeadState,
    { keep, taps, signal }: { keep: Int32Array; taps: TapMean; signal: StepCall["signal"] },
  ): Promise<RawActions> {
    let values = prompt.noise ?? new Float32Array(0);
    for (const [step, timestep] of this.#schedule.timesteps.entries()) {
      throwIfCancelled(signal, `before denoising step ${step}`);
      const head = step === 0 ? pass : await this.#head(prompt, features, values, timestep);
      try {
        const { outputs, actionAttention } = await this.#decoder.act(head.hidden, keep);
        taps.add(head.actionAttention, actionAttention);
        values = this.#schedule.step(values, readNumbers(outputs, "noise"), timestep);
      } finally {
        if (step > 0) head.hidden.dispose();
      }
    }
    return { values, tokens: null };
  }

  /** Rows as in `SEMANTIC_ROWS`; every row sees every column, so there is nothing to correct. */
  #semantic(rows: Float32Array, sequence: number, { ids }: OftPrompt): SemanticAttention {
    const { chunk, action_size: size } = this.#context.vla;
    const row = (index: number): Float32Array => rows.slice(index * this.#vision, (index + 1) * this.#vision);
    const text = ids.length > 1 ? { text: row(2), raters: row(3) } : {};
    return {
      scores: { prefill: row(0), last: row(1), ...text },
      visibleRows: null,
      sequence: sequence - chunk * size - 1,
    };
  }
}
