import type { Observation, PixelValues, ViewSpan } from "@vla-pruner/core";
import { checkMasks, checkPixels, framesByView, invalidObservation, spansOf } from "@vla-pruner/core/adapter";
import type { Pi0Vla } from "./pi0-vla.ts";
import { processFrames } from "./processor.ts";
import { ALIASES, VIEWS } from "./views.ts";
import type { ViewName } from "./views.ts";

/** Pixels of the cameras that are there: an absent one leaves no gap. */
export interface PresentViews {
  readonly spans: readonly ViewSpan[];
  /** float32 `[present, 3, side, side]`. */
  readonly pixels: Required<PixelValues>;
}

/**
 * The present views of an observation: frames by their camera's name, or pixels of every slot with masks.
 *
 * @param cameras further names of cameras
 * @throws `observation-invalid`, `image-invalid`
 */
export function presentViews(
  { pixelValues, images, imageMasks }: Observation,
  { views, image_size: side, vision_tokens_per_view: tokens, cameras: own }: Pi0Vla,
  cameras: Readonly<Record<string, ViewName>> = {},
): PresentViews {
  const slots = VIEWS.slice(0, views);
  const frames =
    pixelValues === undefined ? framesByView(images, slots, { ...ALIASES, ...own, ...cameras }) : null;
  const masks = frames === null ? checkMasks(imageMasks, views) : slots.map((name) => frames.has(name));
  const present = slots.filter((_, slot) => masks[slot]);
  if (present.length === 0)
    throw invalidObservation("at least one camera", "none", `pass a frame of ${slots.join(", ")}`);
  const pixels =
    pixelValues === undefined
      ? processFrames(
          present.flatMap((name) => frames?.get(name) ?? []),
          side,
        )
      : checkPixels(pixelValues, [views, 3, side, side], masks);
  return { spans: spansOf(present, tokens), pixels };
}
