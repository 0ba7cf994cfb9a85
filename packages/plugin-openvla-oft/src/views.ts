import type { CameraFrame, Observation } from "@vla-pruner/core";
import { framesByView, invalidObservation, viewOf } from "@vla-pruner/core/adapter";

/** By how many views there are: LIBERO has one wrist camera, ALOHA two. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ["image"],
  2: ["image", "wrist_image"],
  3: ["image", "left_wrist_image", "right_wrist_image"],
};

/** What cameras may be called beside, by OpenVLA's server and by ALOHA. */
export const ALIASES: Readonly<Record<string, string>> = {
  full_image: "image",
  base: "image",
  cam_high: "image",
  wrist: "wrist_image",
  left_wrist: "left_wrist_image",
  cam_left_wrist: "left_wrist_image",
  right_wrist: "right_wrist_image",
  cam_right_wrist: "right_wrist_image",
};

/** Names of the views, in the order in which they lie in the prompt. */
export function viewNames(views: number): readonly string[] {
  return NAMES[views] ?? [];
}

/**
 * Frames in the order of the official code: the main camera, then the wrists: by their names where these are known,
 * else every camera with `wrist` in its name, in the order given, left before right. A model of one view takes a
 * single camera of any name but a wrist's.
 *
 * @throws `observation-invalid`
 */
export function framesInOrder(images: Observation["images"], views: number): CameraFrame[] {
  const names = viewNames(views);
  const frames = framesByView(inKnownWords(images, names), names, ALIASES);
  const ordered = names.flatMap((name) => frames.get(name) ?? []);
  if (ordered.length === views) return ordered;
  throw invalidObservation(
    `${views} camera frame(s): ${names.join(", ")}`,
    Object.keys(images ?? {}).join(", ") || "none",
    "pass the views that the model was converted for, or convert with --views",
  );
}

/** Wrist cameras under names of their own, renamed where it is clear which views they are. */
function inKnownWords(images: Observation["images"], views: readonly string[]): Observation["images"] {
  const cameras = Object.entries(images ?? {});
  const own = cameras
    .map(([name]) => name)
    .filter((name) => viewOf(name, views, ALIASES) === undefined && name.includes("wrist"));
  const known = cameras.map(([name]) => viewOf(name, views, ALIASES));
  const free = views.filter((view) => view.includes("wrist") && !known.includes(view));
  if (own.length !== free.length) return images;
  const inOrder = own.toSorted((a, b) => sideOf(a) - sideOf(b));
  const renamed = cameras.map(([name, frame]) => [free[inOrder.indexOf(name)] ?? name, frame] as const);
  return Object.fromEntries(renamed);
}

function sideOf(name: string): number {
  if (/left/iu.test(name)) return 0;
  return /right/iu.test(name) ? 2 : 1;
}
