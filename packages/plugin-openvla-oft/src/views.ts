import type { CameraFrame, Observation } from "@vla-pruner/core";
import { invalidObservation } from "@vla-pruner/core/adapter";

/** By how many views there are: LIBERO has one wrist camera, ALOHA two. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ["image"],
  2: ["image", "wrist_image"],
  3: ["image", "left_wrist_image", "right_wrist_image"],
};

/** What the first camera may be called. */
const MAIN: readonly string[] = ["image", "full_image"];

/** Names of the views, in the order in which they lie in the prompt. */
export function viewNames(views: number): readonly string[] {
  return NAMES[views] ?? [];
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
  throw invalidObservation(
    `${views} camera frame(s): ${viewNames(views).join(", ")}`,
    cameras.map(([name]) => name).join(", ") || "none",
    "pass the views that the model was converted for, or convert with --views",
  );
}
