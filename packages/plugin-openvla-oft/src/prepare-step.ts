import type { Observation, PixelValues, StepCall, Tokenizer } from "@vla-pruner/core";
import { checkMasks, checkState, invalidObservation, startingNoise } from "@vla-pruner/core/adapter";
import { prismaticIds, prismaticPixels } from "@vla-pruner/prismatic";
import type { OftOptions } from "./oft-options.ts";
import type { OftVla } from "./oft-vla.ts";
import { normalizeState } from "./statistics.ts";
import type { OftStatistics } from "./statistics.ts";
import { framesInOrder } from "./views.ts";

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
export function prepareStep(
  observation: Observation,
  context: StepContext,
  step: StepCall["step"],
): OftPrompt {
  const { vla, options, statistics } = context;
  const { views, chunk, action_size: size } = vla;
  if (!checkMasks(observation.imageMasks, views).every(Boolean)) throw maskedView(views);
  const crop = options.centerCrop ?? false;
  const choose = (images: Observation["images"]) => framesInOrder(images, views);
  const pixels = prismaticPixels(observation, vla.image_processor, crop, views, choose);
  const extra = 3 + chunk * size; // state, denoising step and stop token
  const room = vla.decoder.positions - views * vla.vision_tokens_per_view - extra;
  const ids = prismaticIds(observation, context, options, room);
  const state =
    statistics.state === null
      ? null
      : normalizeState(checkState(observation.state, vla.state_size), statistics.state);
  const seen = [pixels.data, ids, state ?? []];
  const noise =
    vla.action_head === "diffusion"
      ? startingNoise(observation, { shape: [chunk, size], options, seen, step })
      : null;
  return { pixels, ids, state, noise };
}

function maskedView(views: number): Error {
  return invalidObservation(
    `all ${views} views`,
    "a masked one",
    "leave imageMasks out: OpenVLA-OFT cannot do without a camera",
  );
}
