import {
  aheadOnlyStages,
  countTokens,
  encodeViews,
  makeObservation,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { VlaAdapter, VlaModelParts } from "@vla-pruner/core";
import type { ActionFlow, FlowParts } from "./action-flow.ts";
import { CachedFlow } from "./cached-flow.ts";
import { OneRunCall } from "./one-run-call.ts";
import { OneRunFlow } from "./one-run-flow.ts";
import { pi0Facts } from "./pi0-facts.ts";
import { pi0Layout } from "./pi0-layout.ts";
import { planFlow } from "./pi0-options.ts";
import type { Pi0Options } from "./pi0-options.ts";
import { checkPi0 } from "./pi0-vla.ts";
import { longestState, prepareStep, shortestState } from "./prepare-step.ts";
import type { Pi0Prompt, StepContext } from "./prepare-step.ts";
import type { RawActions } from "./raw-actions.ts";
import { TimeConditions } from "./time-conditions.ts";
import { absoluteActions, readStatistics, unnormalizeActions } from "./statistics.ts";
import { wholeCall } from "./whole-call.ts";

/** Of an example's prompt; π0.5 has the state's digits in it too. */
const EXAMPLE_WORDS = { pi0: 16, pi05: 48 };
const EXAMPLE_STATE = 8;
const BOS = 2;

type Adapter = VlaAdapter<Pi0Prompt, GraphTensor, unknown, RawActions>;

/** π0 and π0.5: a prefix of pictures and words, and an action expert that denoises a chunk of actions. */
export function pi0Adapter({ vla: block, sessions, tokenizer }: VlaModelParts, options: Pi0Options): Adapter {
  const vla = checkPi0(block);
  const plan = planFlow(options, vla);
  const statistics = readStatistics(vla, options.unnormKey);
  const context: StepContext = { vla, options, statistics, tokenizer };
  const layout = pi0Layout(vla, plan.steps, options.cameras);
  const modulation = vla.variant === "pi05" ? sessionOf(sessions, "time_modulation") : undefined;
  const times = new TimeConditions(modulation, plan.steps, vla.expert.hidden);
  const parts = { sessions, vla, plan, layout, times };
  const stages =
    vla.ahead === true
      ? { ...aheadOnlyStages("pi0"), ahead: wholeCall(new OneRunCall(sessionOf(sessions, "step"), parts)) }
      : stagesOf(parts);

  return {
    architecture: "pi0",
    layout,

    prepare: async (observation, call) => prepareStep(observation, context, call),

    ...stages,

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
  };
}

type Stages = Pick<Adapter, "encodeVision" | "prefillHead" | "act" | "release">;

/** The stages, a session each. */
function stagesOf(parts: FlowParts): Stages {
  const visionEncoder = sessionOf(parts.sessions, "vision_encoder");
  const flow: ActionFlow = parts.vla.one_run === true ? new OneRunFlow(parts) : new CachedFlow(parts);
  return {
    encodeVision: async ({ pixels, spans }) => encodeViews(visionEncoder, { pixel_values: pixels }, spans),

    prefillHead: async ({ ids, spans }, { features }) =>
      flow.prefill({ ids, features, vision: countTokens(spans) }),

    async act({ state, noise, reference }, head, keep, call) {
      const { values, actionAttention } = await flow.act({ state, noise }, head, keep, call);
      return { raw: { values, reference }, actionAttention };
    },

    release({ vision, head }) {
      vision?.features.dispose();
      if (head !== undefined) flow.release(head.state);
    },
  };
}
