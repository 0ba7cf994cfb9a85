import type { CameraFrame, Observation, ViewSpan } from "@vla-pruner/core";
import { checkFinite, invalid } from "./check-observation.ts";
import { spansOf } from "./pi0-layout.ts";
import { processFrames } from "./processor.ts";
import { ALIASES, VIEWS } from "./views.ts";
import type { ViewName } from "./views.ts";

/** Pixels of the cameras that are there: an absent one leaves no gap. */
export interface PresentViews {
  readonly spans: readonly ViewSpan[];
  /** float32 `[present, 3, side, side]`. */
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** What the model's pictures look like. */
export interface ViewSizes {
  /** Slots of the model: the first of π0's cameras. */
  readonly views: number;
  readonly side: number;
  readonly tokens: number;
}

/**
 * The present views of an observation: frames by their camera's name, or pixels of every slot with masks.
 *
 * @param cameras further names of cameras
 * @throws `observation-invalid`, `image-invalid`
 */
export function presentViews(
  observation: Observation,
  sizes: ViewSizes,
  cameras: Readonly<Record<string, ViewName>> = {},
): PresentViews {
  const { views, side, tokens } = sizes;
  const slots = VIEWS.slice(0, views);
  const frames =
    observation.pixelValues === undefined
      ? framesByView(observation.images, slots, { ...ALIASES, ...cameras })
      : null;
  const masks =
    frames === null ? checkMasks(observation.imageMasks, views) : slots.map((name) => frames.has(name));
  const present = slots.filter((_, slot) => masks[slot]);
  if (present.length === 0)
    throw invalid("at least one camera", "none", `pass a frame of ${slots.join(", ")}`);
  const data =
    frames === null
      ? maskedPixels(observation, masks, [views, 3, side, side])
      : processFrames(
          present.flatMap((name) => frames.get(name) ?? []),
          side,
        );
  return { spans: spansOf(present, tokens), data, dims: [present.length, 3, side, side] };
}

function framesByView(
  images: Observation["images"],
  slots: readonly ViewName[],
  aliases: Readonly<Record<string, ViewName>>,
): Map<ViewName, CameraFrame> {
  const frames = new Map<ViewName, CameraFrame>();
  for (const [camera, frame] of Object.entries(images ?? {})) {
    const view = slots.find(
      (name) => name === camera || (Object.hasOwn(aliases, camera) && aliases[camera] === name),
    );
    if (view === undefined) {
      throw invalid(
        `cameras among ${slots.join(", ")} (or ${Object.keys(aliases).join(", ")})`,
        camera,
        "rename it, leave it out, or map it with pi0({ cameras })",
      );
    }
    if (frames.has(view))
      throw invalid(`one frame of ${view}`, `two, the second as ${camera}`, "pass each camera once");
    frames.set(view, frame);
  }
  return frames;
}

function checkMasks(masks: readonly boolean[] | undefined, views: number): readonly boolean[] {
  if (masks === undefined) return Array.from({ length: views }, () => true);
  if (masks.length === views) return masks;
  throw invalid(`imageMasks of ${views} views`, `${masks.length}`, "say of every view whether it is there");
}

/** The present slots of given pixels; what lies in an absent one does not matter. */
function maskedPixels(
  { pixelValues }: Observation,
  masks: readonly boolean[],
  expected: readonly number[],
): Float32Array {
  const { data, dims = expected } = pixelValues ?? { data: new Float32Array(0) };
  const total = expected.reduce((product, dim) => product * dim, 1);
  if (
    dims.length !== expected.length ||
    dims.some((dim, axis) => dim !== expected[axis]) ||
    data.length !== total
  ) {
    throw invalid(
      `pixelValues of shape ${JSON.stringify(expected)}, ${total} values, a slot for every view`,
      `${JSON.stringify(dims)}, ${data.length} values`,
      "fill the slots of absent cameras with anything and set imageMasks, or convert with --views",
    );
  }
  const size = total / masks.length;
  const slots = masks.flatMap((present, slot) =>
    present ? [data.subarray(slot * size, (slot + 1) * size)] : [],
  );
  const pixels = new Float32Array(slots.length * size);
  for (const [index, slot] of slots.entries()) pixels.set(slot, index * size);
  checkFinite(pixels, "pixelValues", "check the cameras and the normalisation for NaN");
  return pixels;
}
