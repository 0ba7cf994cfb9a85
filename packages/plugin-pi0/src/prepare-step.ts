import { float32Tensor } from "@vla-pruner/core";
import type { GraphTensor, Observation, Tokenizer, ViewSpan } from "@vla-pruner/core";
import { checkIds, checkNoise, checkState, invalid } from "./check-observation.ts";
import { stepNoise } from "./noise.ts";
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
export function prepareStep(observation: Observation, context: StepContext): Pi0Prompt {
  const { vla, options } = context;
  const { views, image_size: side, vision_tokens_per_view: tokens, horizon, action_size: size } = vla;
  const { spans, data, dims } = presentViews(observation, { views, side, tokens }, options.cameras);
  const state = modelState(observation, context);
  const room = vla.decoder.positions - spans.length * tokens - horizon - 1;
  const ids = checkIds(promptIds(observation, state ?? [], context), vla.decoder.vocabulary, room);
  const seen = [data, Float32Array.from(ids), Float32Array.from(state ?? [])];
  const noise =
    observation.noise === undefined
      ? stepNoise(horizon * size, options.seed ?? 0, seen)
      : checkNoise(observation.noise, horizon, size);
  const padded = vla.variant === "pi05" || state === null ? null : padTo(vla.state_size, state);
  return { pixels: float32Tensor(data, dims), spans, ids, state: padded, noise };
}

/** The state in model units, not padded; π0.5 needs none where the prompt is given as ids. */
function modelState(
  { state, inputIds }: Observation,
  { vla, statistics }: StepContext,
): readonly number[] | null {
  if (state === undefined && vla.variant === "pi05" && inputIds !== undefined) return null;
  return normalizeState(checkState(state, vla.state_size, statistics.state), statistics.state);
}

function promptIds(
  { inputIds, instruction }: Observation,
  state: readonly number[],
  { vla, tokenizer }: StepContext,
): readonly number[] {
  if (inputIds !== undefined) return inputIds;
  if (typeof instruction !== "string" || instruction.trim() === "") {
    const found = instruction === undefined ? "neither" : "an empty instruction";
    throw invalid("an instruction or inputIds", found, "say what the robot should do");
  }
  return encodePrompt(tokenizer, promptParts(instruction, state, vla), vla.prompt_tokens);
}

function padTo(size: number, state: readonly number[]): Float32Array {
  const padded = new Float32Array(size);
  padded.set(state);
  return padded;
}
