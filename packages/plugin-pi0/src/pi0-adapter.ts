import {
  countTokens,
  disposeAll,
  encodeViews,
  int64Tensor,
  makeObservation,
  requiredOutput,
  semanticAttention,
  sessionOf,
  TapMean,
} from "@vla-pruner/core/adapter";
import type { GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { VlaAdapter, VlaModelParts } from "@vla-pruner/core";
import { FlowDecoder } from "./flow-decoder.ts";
import { pi0Facts } from "./pi0-facts.ts";
import { pi0Layout } from "./pi0-layout.ts";
import { planFlow } from "./pi0-options.ts";
import type { Pi0Options } from "./pi0-options.ts";
import { checkPi0 } from "./pi0-vla.ts";
import { longestState, prepareStep, shortestState } from "./prepare-step.ts";
import type { Pi0Prompt, StepContext } from "./prepare-step.ts";
import { absoluteActions, readStatistics, unnormalizeActions } from "./statistics.ts";

/** The prefix below the cut. */
interface Head {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  /** `present.*` of layers < K. */
  readonly cache: NamedTensors;
  /** Visual tokens. */
  readonly vision: number;
}

/** What the Euler loop gives. */
interface RawActions {
  /** float32 `[horizon · action]`, in model units. */
  readonly values: Float32Array;
  /** What they are relative to, in robot units; `null` where they are absolute. */
  readonly reference: readonly number[] | null;
}

/** Of an example's prompt; π0.5 has the state's digits in it too. */
const EXAMPLE_WORDS = { pi0: 16, pi05: 48 };
const EXAMPLE_STATE = 8;
const BOS = 2;

/** π0 and π0.5: a prefix of pictures and words, and an action expert that denoises a chunk of actions. */
export function pi0Adapter(
  { vla: block, sessions, tokenizer }: VlaModelParts,
  options: Pi0Options,
): VlaAdapter<Pi0Prompt, GraphTensor, Head, RawActions> {
  const vla = checkPi0(block);
  const plan = planFlow(options, vla.steps);
  const statistics = readStatistics(vla, options.unnormKey);
  const context: StepContext = { vla, options, statistics, tokenizer };
  const layout = pi0Layout(vla, plan.steps, options.cameras);
  const visionEncoder = sessionOf(sessions, "vision_encoder");
  const prefillHead = sessionOf(sessions, "prefill_head");
  const act = sessionOf(sessions, "act");
  const modulation = vla.variant === "pi05" ? sessionOf(sessions, "time_modulation") : undefined;
  const decoder = new FlowDecoder(sessionOf(sessions, "denoise"), modulation, vla, plan);

  return {
    architecture: "pi0",
    layout,

    prepare: async (observation, call) => prepareStep(observation, context, call),

    encodeVision: async ({ pixels, spans }) => encodeViews(visionEncoder, { pixel_values: pixels }, spans),

    async prefillHead({ ids, spans }, { features }) {
      const feeds = { input_ids: int64Tensor(ids, [1, ids.length]), image_features: features };
      const outputs = await prefillHead.run(feeds);
      const vision = countTokens(spans);
      const sequence = vision + ids.length;
      const state = { hidden: requiredOutput(outputs, "hidden_states"), cache: presentOf(outputs), vision };
      // In a prefix without a mask every row sees every column.
      return { state, semantic: semanticAttention(outputs, { sequence }), sequence };
    },

    /** Keys and values above the cut on the kept tokens, then the Euler loop over all of them. */
    async act({ state, noise, reference }, { state: { hidden, cache, vision }, sequence }, keep, { signal }) {
      const outputs = await act.run({
        hidden_states: hidden,
        keep_indices: int64Tensor(keep),
        vision_span: int64Tensor([0, vision]), // pictures come first
      });
      const above = presentOf(outputs);
      try {
        const taps = new TapMean(layout, vision, keep.length);
        const prefix = { cache: { ...cache, ...above }, sequence, vision, kept: keep.length };
        const inputs = { ...prefix, state, noise, signal };
        const values = await decoder.run(inputs, (all, kept) => taps.add(all, kept));
        return { raw: { values, reference }, actionAttention: taps.layers() };
      } finally {
        disposeAll(Object.values(above));
      }
    },

    toAction({ values, reference }) {
      const { action_size: width, robot_action_size: size, relative_actions: relative } = vla;
      const actions = unnormalizeActions(values, width, statistics.action, size);
      const absolute =
        reference === null || relative === undefined
          ? actions
          : absoluteActions(actions, reference, relative);
      return { actions: absolute, tokens: null };
    },

    exampleObservation: (seed) =>
      makeObservation(seed, {
        views: layout.views.map(({ name }) => name),
        side: vla.image_size,
        prompt: { length: EXAMPLE_WORDS[vla.variant], first: BOS, vocabulary: vla.decoder.vocabulary },
        state: Math.min(
          longestState(context),
          Math.max(EXAMPLE_STATE, shortestState(context), vla.relative_actions?.length ?? 0),
        ),
      }),

    describeInputs: () => pi0Facts(context, plan.steps),

    release: ({ vision, head }) =>
      disposeAll([vision?.features, head?.state.hidden, ...Object.values(head?.state.cache ?? {})]),
  };
}

/** Keys and values among the outputs: `present.{layer}.key` and `.value`. */
function presentOf(outputs: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name.startsWith("present.")));
}
