import {
  checkState,
  countTokens,
  float32Tensor,
  promptIds,
  refuseTemplate,
  startingNoise,
} from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { Observation, StepCall, Tokenizer, ViewSpan } from "@vla-pruner/core";
import type { Pi0Options } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";
import { presentViews } from "./present-views.ts";
import { encodePrompt, promptParts } from "./prompt.ts";
import { normalizeState } from "./statistics.ts";
import type { Pi0Statistics } from "./statistics.ts";

/** One step, as the graphs want it. */
export interface Pi0Prompt {
  /** float32 `[present, 3, side, side]`. */
  readonly pixels: GraphTensor;
  /** Visual tokens of the cameras that are there. */
  readonly spans: readonly ViewSpan[];
  readonly ids: readonly number[];
  /** float32 `[state]`, in model units and padded; `null` for π0.5, which has it in the prompt. */
  readonly state: Float32Array | null;
  /** What relative actions start from, in robot units; `null` where they are absolute. */
  readonly reference: readonly number[] | null;
  /** float32 `[horizon · action]`. */
  readonly noise: Float32Array;
}

/** What an observation is prepared with. */
export interface StepContext {
  readonly vla: Pi0Vla;
  readonly options: Pi0Options;
  readonly statistics: Pi0Statistics;
  readonly tokenizer: Tokenizer | null;
}

/**
 * Camera frames, instruction and state → pixels, token ids and noise.
 *
 * @throws `observation-invalid`, `image-invalid`, `tokenizer-missing`
 */
export function prepareStep(
  observation: Observation,
  context: StepContext,
  { step, warn }: Pick<StepCall, "step" | "warn">,
): Pi0Prompt {
  const { vla, options, tokenizer } = context;
  const { decoder, horizon, action_size: size } = vla;
  const { spans, pixels } = presentViews(observation, vla, options.cameras);
  const state = modelState(observation, context);
  const room = decoder.positions - countTokens(spans) - horizon - 1;
  const encode = (instruction: string): number[] => {
    refuseTemplate(instruction, TEMPLATE);
    const parts = promptParts(instruction, state ?? [], vla);
    return encodePrompt(tokenizer, parts, vla.prompt_tokens, warn);
  };
  const ids = promptIds(observation, encode, { vocabulary: decoder.vocabulary, room });
  const seen = [pixels.data, ids, state ?? []];
  return {
    pixels: float32Tensor(pixels.data, pixels.dims),
    spans,
    ids,
    state: vla.variant === "pi05" || state === null ? null : padTo(vla.state_size, state),
    reference: vla.relative_actions === undefined ? null : (observation.state ?? []),
    noise: startingNoise(observation, { shape: [horizon, size], options, seen, step }),
  };
}

/** What only a prompt has in it: π0.5's. */
const TEMPLATE = /^\s*task:.*\bstate:|\baction:\s*$/isu;

/** Numbers that a state may have at most: there must be statistics for each. */
export function longestState({ vla, statistics }: StepContext): number {
  return Math.min(vla.state_size, statistics.state?.range.length ?? vla.state_size);
}

/**
 * Numbers that a state must have: as many as there are statistics of something that moves. What is padded from there on
 * was constant in training, too.
 */
export function shortestState({ statistics: { state } }: StepContext): number {
  return Math.max(1, 1 + (state?.moves.lastIndexOf(true) ?? 0));
}

/** The state in model units, not padded; π0.5 needs none where the prompt is given as ids. */
function modelState({ state, inputIds }: Observation, context: StepContext): readonly number[] | null {
  const { vla, statistics } = context;
  const needed = vla.relative_actions === undefined ? 0 : vla.relative_actions.lastIndexOf(true) + 1;
  const unread = inputIds !== undefined || vla.prompt_state === false;
  if (state === undefined && vla.variant === "pi05" && unread && needed === 0) return null;
  const least = Math.max(shortestState(context), needed);
  return normalizeState(checkState(state, longestState(context), least), statistics.state);
}

function padTo(size: number, state: readonly number[]): Float32Array {
  const padded = new Float32Array(size);
  padded.set(state);
  return padded;
}
