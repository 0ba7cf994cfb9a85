import type { Observation, PixelValues, Tokenizer } from "@vla-pruner/core";
import { checkIds, encodePrompt, invalid, openvlaPrompt, processFrame } from "@vla-pruner/prismatic";
import { checkNoise, checkState } from "./check-inputs.ts";
import { stepNoise } from "./noise.ts";
import type { OftOptions } from "./oft-options.ts";
import type { OftVla } from "./oft-vla.ts";
import { normalizeState } from "./statistics.ts";
import type { OftStatistics } from "./statistics.ts";
import { checkMasks, framesInOrder, viewPixels } from "./views.ts";

/** One step, as the graphs want it. */
export interface OftPrompt {
  /** float32 `[views, 3 · towers, side, side]`. */
  readonly pixels: Required<PixelValues>;
  readonly ids: readonly number[];
  /** float32 `[state]`, normalised; `null` where the model takes no state. */
  readonly state: Float32Array | null;
  /** float32 `[chunk · action]`; `null` unless the head is a diffusion head. */
  readonly noise: Float32Array | null;
}

/** What an observation is prepared with. */
export interface StepContext {
  readonly vla: OftVla;
  readonly options: OftOptions;
  readonly statistics: OftStatistics;
  readonly tokenizer: Tokenizer | null;
}

/**
 * Camera frames, instruction and state → pixels, token ids, proprio and noise.
 *
 * @throws `observation-invalid`, `image-invalid`, `tokenizer-missing`
 */
export function prepareStep(observation: Observation, context: StepContext): OftPrompt {
  const { vla, statistics } = context;
  const pixels = pixelsOf(observation, context);
  const extra = 3 + vla.chunk * vla.action_size; // state, denoising step and stop token
  const room = vla.decoder.positions - vla.views * vla.vision_tokens_per_view - extra;
  const ids = checkIds(promptIds(observation, context), vla.decoder.vocabulary, room);
  const state =
    statistics.state === null
      ? null
      : normalizeState(checkState(observation.state, vla.state_size), statistics.state);
  const seen = [pixels.data, Float32Array.from(ids), state ?? new Float32Array(0)];
  return { pixels, ids, state, noise: noiseOf(observation, context, seen) };
}

function pixelsOf(
  { pixelValues, images, imageMasks }: Observation,
  { vla, options }: StepContext,
): Required<PixelValues> {
  const { image_processor: processor, views } = vla;
  const channels = 3 * processor.normalize.length;
  const dims = [views, channels, processor.size, processor.size];
  checkMasks(imageMasks, views);
  if (pixelValues !== undefined) return viewPixels(pixelValues, dims);
  const pictures = framesInOrder(images, views).map(
    (frame) => processFrame(frame, processor, options.centerCrop ?? false).data,
  );
  const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
  for (const [view, picture] of pictures.entries()) data.set(picture, view * picture.length);
  return { data, dims };
}

function promptIds(
  { inputIds, instruction }: Observation,
  { vla, options, tokenizer }: StepContext,
): readonly number[] {
  if (inputIds !== undefined) return inputIds;
  if (typeof instruction !== "string" || instruction.trim() === "") {
    const found = instruction === undefined ? "neither" : "an empty instruction";
    throw invalid("an instruction or inputIds", found, "say what the robot should do");
  }
  return encodePrompt(tokenizer, (options.prompt ?? openvlaPrompt)(instruction), vla.empty_token_id);
}

function noiseOf(
  { noise }: Observation,
  { vla, options }: StepContext,
  seen: readonly Float32Array[],
): Float32Array | null {
  if (vla.action_head !== "diffusion") return null;
  if (noise !== undefined) return checkNoise(noise, vla.chunk, vla.action_size);
  return stepNoise(vla.chunk * vla.action_size, options.seed ?? 0, seen);
}
