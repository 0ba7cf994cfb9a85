import {
  aheadOnlyStages,
  checkComputed,
  countTokens,
  disposeAll,
  encodeViews,
  float32Tensor,
  int64Tensor,
  makeObservation,
  requiredFloat32,
  requiredOutput,
  sessionOf,
  TapMean,
  throwIfCancelled,
} from "@vla-pruner/core/adapter";
import type { GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { AheadRun, StepCall, VlaAdapter, VlaModelParts } from "@vla-pruner/core";
import { binCentre } from "@vla-pruner/prismatic";
import { DdimSchedule, timeEmbedding, TRAINED_STEPS } from "./ddim.ts";
import { oftFacts } from "./oft-facts.ts";
import { oftLayout } from "./oft-layout.ts";
import { denoisingSteps } from "./oft-options.ts";
import type { OftOptions } from "./oft-options.ts";
import { checkOft } from "./oft-vla.ts";
import { ParallelDecoder } from "./parallel-decoder.ts";
import type { HeadPass, PassInputs } from "./parallel-decoder.ts";
import { prepareStep } from "./prepare-step.ts";
import type { OftPrompt } from "./prepare-step.ts";
import { readStatistics, unnormalizeActions } from "./statistics.ts";

interface Head {
  readonly pass: HeadPass;
  /** `[1, vision, hidden]`: a diffusion head needs them again. */
  readonly features: GraphTensor;
}

type Stages = Pick<
  VlaAdapter<OftPrompt, GraphTensor, Head, RawActions>,
  "encodeVision" | "prefillHead" | "act"
>;

/** A chunk in model units, and the tokens it was read from, where there are any. */
export interface RawActions {
  /** `[chunk · action]`. */
  readonly values: Float32Array;
  readonly tokens: readonly number[] | null;
}

const EXAMPLE_WORDS = 35;
const BOS = 1;

/** OpenVLA-OFT (parallel decoding): a whole chunk of actions from placeholders, in one pass. */
export function oftAdapter(
  { vla: block, sessions, tokenizer }: VlaModelParts,
  options: OftOptions,
): VlaAdapter<OftPrompt, GraphTensor, Head, RawActions> {
  const vla = checkOft(block);
  const { decoder: sizes, action_head: actionHead } = vla;
  const statistics = readStatistics(vla, options.unnormKey, options.normalization ?? vla.normalization);
  const decoder = new ParallelDecoder(sessions, vla);
  const steps = denoisingSteps(options, vla, TRAINED_STEPS);
  const schedule = new DdimSchedule(steps);
  const layout = oftLayout(vla, steps);
  const visionTokens = countTokens(layout.views);
  /** Pixels to actions in one run. */
  const ahead: AheadRun<OftPrompt, RawActions> = {
    viewsOf: () => layout.views,
    async run({ ids, state, pixels }, keep) {
      const { outputs, below, above, semantic, similarity, sequence } = await decoder.whole(
        { ids, state, pixels, denoising: null },
        keep,
      );
      const taps = new TapMean(layout, visionTokens, keep.length);
      taps.add(below, above);
      const currentAction = below?.slice(-visionTokens);
      const current = layout.currentAction === true && currentAction && { currentAction };
      const head = { semantic, sequence, ...current };
      return {
        raw: readActions(outputs),
        actionAttention: taps.layers(),
        seen: { vision: { views: layout.views, similarity }, head },
      };
    },
  };

  return {
    architecture: "openvla-oft",
    layout,

    prepare: async (observation, { step }) =>
      prepareStep(observation, { vla, options, statistics, tokenizer }, step),

    ...(vla.ahead === true ? { ...aheadOnlyStages("openvla-oft"), ahead } : stagesOf()),

    toAction: ({ values, tokens }) => ({ actions: unnormalizeActions(values, statistics.action), tokens }),

    exampleObservation(seed) {
      const views = layout.views.map(({ name }) => name);
      const prompt = { length: EXAMPLE_WORDS, first: BOS, vocabulary: sizes.vocabulary };
      return makeObservation(seed, { views, side: vla.image_processor.size, prompt, state: vla.state_size });
    },

    describeInputs: () => oftFacts(vla, options, statistics),

    release: ({ vision, head }) => disposeAll([vision?.features, head?.state.pass.hidden]),
  };

  /** Pixels to actions in few runs, scores first. */
  function stagesOf(): Stages {
    const visionEncoder = sessionOf(sessions, "vision_encoder");
    const language = vla.film ? sessionOf(sessions, "language_embedding") : null;
    return {
      async encodeVision({ pixels: { data, dims }, ids }) {
        // What steers the vision towers of a FiLM model, `[1, hidden]`.
        const steering = await language?.run({ input_ids: int64Tensor(ids, [1, ids.length]) });
        const feeds = {
          pixel_values: float32Tensor(data, dims),
          ...(steering && { language_embedding: requiredOutput(steering, "language_embedding") }),
        };
        return encodeViews(visionEncoder, feeds, layout.views);
      },

      async prefillHead(prompt, { features }) {
        const pass = await decoder.head(inputsOf(prompt, features, prompt.noise, schedule.timesteps[0] ?? 0));
        // The placeholders' attention at layer K − 1, the last one tapped below the cut.
        const currentAction = pass.actionAttention?.slice(-visionTokens);
        return {
          state: { pass, features },
          semantic: pass.semantic,
          sequence: pass.sequence,
          ...(layout.currentAction === true && currentAction && { currentAction }),
        };
      },

      /** Layers above the cut on the kept rows; a diffusion head goes through the whole decoder at every step. */
      async act(prompt, { state }, keep, { signal }) {
        const taps = new TapMean(layout, visionTokens, keep.length);
        if (actionHead === "diffusion") {
          const values = await denoise(prompt, state, { keep, taps, signal });
          return { raw: { values, tokens: null }, actionAttention: taps.layers() };
        }
        const { outputs, below, above } = await decoder.act(
          inputsOf(prompt, state.features, null, 0),
          state.pass,
          keep,
        );
        taps.add(below, above);
        return { raw: readActions(outputs), actionAttention: taps.layers() };
      },
    };
  }

  function inputsOf(
    { ids, state }: OftPrompt,
    features: GraphTensor,
    noisy: Float32Array | null,
    timestep: number,
  ): PassInputs {
    const denoising = noisy === null ? null : { noisy, time: timeEmbedding(timestep, sizes.hidden) };
    return { ids, features, state, denoising };
  }

  /** DDIM from the noise; the first pass below the cut is the one that the tokens were chosen by. */
  async function denoise(
    prompt: OftPrompt,
    { pass, features }: Head,
    { keep, taps, signal }: { keep: Int32Array; taps: TapMean; signal: StepCall["signal"] },
  ): Promise<Float32Array> {
    let values = prompt.noise ?? new Float32Array(0);
    for (const [step, timestep] of schedule.timesteps.entries()) {
      throwIfCancelled(signal, `before denoising step ${step}`);
      const inputs = inputsOf(prompt, features, values, timestep);
      const { outputs, below, above } = await decoder.act(inputs, step === 0 ? pass : null, keep);
      taps.add(below, above);
      values = schedule.step(values, computed(outputs, "noise"), timestep);
    }
    return values;
  }

  function readActions(outputs: NamedTensors): RawActions {
    return actionHead === "l1" ? { values: computed(outputs, "actions"), tokens: null } : readTokens(outputs);
  }

  /** Tokens of a discrete head → the centres of their bins. */
  function readTokens(outputs: NamedTensors): RawActions {
    computed(outputs, "token_scores"); // a NaN among the logits would pass through the choice in silence
    const { data } = requiredOutput(outputs, "tokens");
    const tokens = Array.from(data as BigInt64Array, Number);
    return { values: Float32Array.from(tokens, (token) => binCentre(token, vla.action_tokens)), tokens };
  }
}

/** Numbers of a head, float32 `[chunk · action]`. */
function computed(outputs: NamedTensors, name: string): Float32Array {
  return checkComputed(requiredFloat32(outputs, name), name);
}
