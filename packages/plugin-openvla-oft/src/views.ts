import type { CameraFrame, Observation, PixelValues, ViewSpan } from "@vla-pruner/core";
import { checkPixels, invalid } from "@vla-pruner/prismatic";

/** Names of the views, by how many there are: LIBERO has one wrist camera, ALOHA two. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ["image"],
  2: ["image", "wrist_image"],
  3: ["image", "left_wrist_image", "right_wrist_image"],
};

/** What the first camera may be called. */
const MAIN: readonly string[] = ["image", "full_image"];

/** Views one after another, as they lie in the prompt. */
export function spansOf(views: number, tokens: number): ViewSpan[] {
  return (NAMES[views] ?? []).map((name, index) => ({ name, start: index * tokens, count: tokens }));
}

/**
 * Frames in the order of the official code: `image` (or `full_image`), then every camera with `wrist` in its
 * name, in the order given. A model of one view takes a single camera of any name.
 *
 * @throws `observation-invalid`
 */
export function framesInOrder(images: Observation["images"], views: number): CameraFrame[] {
  const cameras = Object.entries(images ?? {});
  const main = cameras.find(([name]) => MAIN.includes(name));
  const wrists = cameras.filter(([name]) => name.includes("wrist"));
  const [only] = cameras;
  if (views === 1 && main === undefined && only !== undefined && cameras.length === 1) return [only[1]];
  const ordered = [...(main === undefined ? [] : [main]), ...wrists];
  if (main !== undefined && ordered.length === views && cameras.length === views)
    return ordered.map(([, frame]) => frame);
  throw invalid(
    `${views} camera frame(s): ${(NAMES[views] ?? []).join(", ")}`,
    cameras.map(([name]) => name).join(", ") || "none",
    "pass the views that the model was converted for, or convert with --views",
  );
}

/**
 * Given pixels of all views, after checking shape and numbers.
 *
 * @param expected `[views, 3 · towers, side, side]`; `[1, views · 3 · towers, side, side]` is the same memory
 * @throws `observation-invalid`
 */
export function viewPixels({ data, dims }: PixelValues, expected: readonly number[]): Required<PixelValues> {
  const [views = 0, channels = 0, ...sides] = expected;
  const flat = [1, views * channels, ...sides];
  return {
    data: checkPixels({ data, ...(dims && { dims }) }, String(dims) === String(flat) ? flat : expected).data,
    dims: expected,
  };
}

/** Views must all be there: the model has no mask for an absent one. */
export function checkMasks(masks: readonly boolean[] | undefined, views: number): void {
  if (masks === undefined || (masks.length === views && masks.every(Boolean))) return;
  throw invalid(
    `all ${views} views`,
    JSON.stringify(masks),
    "leave imageMasks out: OpenVLA-OFT cannot do without a camera",
  );
}
