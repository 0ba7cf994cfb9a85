import { int64Tensor, readFloat32, requiredOutput, sessionOf, TapMean } from "@vla-pruner/core";
import type {
  ActionChunk,
  ActResult,
  GraphSession,
  GraphTensor,
  HeadResult,
  ModelLayout,
  NamedTensors,
  Observation,
  SemanticAttention,
  StepCall,
  VisionTokens,
  VlaAdapter,
  VlaModelParts,
} from "@vla-pruner/core";
import { checkPi0 } from "./check-pi0.ts";
import { exampleObservation } from "./example-observation.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { pi0Layout } from "./pi0-layout.ts";
import { planFlow } from "./pi0-options.ts";
import type { Pi0Options } from "./pi0-options.ts";
import { prepareStep } from "./prepare-step.ts";
import type { Pi0Prompt, StepContext } from "./prepare-step.ts";
import { disposeAll, presentOf } from "./session-outputs.ts";
import { readStatistics, unnormalizeActions } from "./statistics.ts";

/** The prefix below the cut. */
interface HeadState {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  /** `present.*` of layers < K. */
  readonly cache: NamedTensors;
  /** Visual tokens. */
  readonly vision: number;
}

/** π0 and π0.5: a prefix of pictures and words, and an action expert that denoises a chunk of actions. */
export class Pi0Adapter implements VlaAdapter<Pi0Prompt, GraphTensor, HeadState, Float32Array> {
  readonly architecture = "pi0";
  readonly layout: ModelLayout;
  readonly #sessions: Readonly<Record<string, GraphSession>>;
  readonly #context: StepContext;
  readonly #decoder: FlowDecoder;

  constructor({ vla: block, sessions, tokenizer }: VlaModelParts, options: Pi0Options) {
    const vla = checkPi0(block);
    const plan = planFlow(options, vla.steps);
    const modulation = vla.variant === "pi05" ? sessionOf(sessions, "time_modulation") : undefined;
    this.#sessions = sessions;
    this.#context = { vla, options, statistics: readStatistics(vla, options.unnormKey), tokenizer };
    this.#decoder = new FlowDecoder(sessionOf(sessions, "denoise"), modulation, vla, plan);
    this.layout = pi0Layout(vla, plan.steps);
  }

  async prepare(observation: Observation): Promise<Pi0Prompt> {
    return prepareStep(observation, this.#context);
  }

  async encodeVision({ pixels, spans }: Pi0Prompt): Promise<VisionTokens<GraphTensor>> {
    const outputs = await sessionOf(this.#sessions, "vision_encoder").run({ pixel_values: pixels });
    const similarity = readFloat32(outputs["image_similarity"], "image_similarity");
    return { features: requiredOutput(outputs, "image_features"), similarity, views: spans };
  }

  async prefillHead(
    { ids, spans }: Pi0Prompt,
    { features }: VisionTokens<GraphTensor>,
  ): Promise<HeadResult<HeadState>> {
    const outputs = await sessionOf(this.#sessions, "prefill_head").run({
      input_ids: int64Tensor(ids, [1, ids.length]),
      image_features: features,
    });
    const vision = spans.reduce((sum, { count }) => sum + count, 0);
    const sequence = vision + ids.length;
    const rows = readFloat32(outputs["semantic_attention"], "semantic_attention");
    const state = { hidden: requiredOutput(outputs, "hidden_states"), cache: presentOf(outputs), vision };
    return { state, semantic: semanticOf(rows, vision, sequence), sequence };
  }

  /** Keys and values above the cut on the kept tokens, then the Euler loop over all of them. */
  async act(
    { state, noise }: Pi0Prompt,
    head: HeadResult<HeadState>,
    keep: Int32Array,
    { signal }: StepCall,
  ): Promise<ActResult<Float32Array>> {
    const { hidden, cache, vision } = head.state;
    const outputs = await sessionOf(this.#sessions, "act").run({
      hidden_states: hidden,
      keep_indices: int64Tensor(keep),
      vision_span: int64Tensor([0, vision]), // pictures come first
    });
    const above = presentOf(outputs);
    try {
      const taps = new TapMean(this.layout, vision, keep.length);
      const prefix = { cache: { ...cache, ...above }, sequence: head.sequence, vision, kept: keep.length };
      const inputs = { ...prefix, state, noise, signal };
      const raw = await this.#decoder.run(inputs, (all, kept) => taps.add(all, kept));
      return { raw, actionAttention: taps.layers() };
    } finally {
      disposeAll(above);
    }
  }

  toAction(raw: Float32Array): ActionChunk {
    const { vla, statistics } = this.#context;
    return { actions: unnormalizeActions(raw, vla.action_size, statistics.action), tokens: null };
  }

  exampleObservation(seed: number): Observation {
    const { vla, statistics } = this.#context;
    const limit = statistics.state?.range.length ?? vla.state_size;
    return exampleObservation(seed, vla, Math.min(vla.state_size, limit));
  }

  release({ vision, head }: { vision?: VisionTokens<GraphTensor>; head?: HeadResult<HeadState> }): void {
    vision?.features.dispose();
    head?.state.hidden.dispose();
    disposeAll(head?.state.cache ?? {});
  }
}

/** Rows as in `SEMANTIC_ROWS`; in a prefix without a mask every row sees every column. */
function semanticOf(rows: Float32Array, vision: number, sequence: number): SemanticAttention {
  const row = (index: number): Float32Array => rows.slice(index * vision, (index + 1) * vision);
  const scores = { prefill: row(0), last: row(1), text: row(2), raters: row(3) };
  return { scores, visibleRows: null, sequence };
}
