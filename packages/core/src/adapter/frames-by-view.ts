import type { CameraFrame, Observation } from "../observation.ts";
import { invalidObservation } from "./check-observation.ts";

/**
 * Frames by view. A camera goes by the view's name or an alias of it; a model of one view takes a single camera of any
 * name but a wrist's. What is no view's is refused: the model would not see it.
 *
 * @param views names of the views
 * @param aliases other names → the view that each means
 * @throws `observation-invalid`
 */
export function framesByView(
  images: Observation["images"],
  views: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, CameraFrame> {
  const cameras = Object.entries(images ?? {});
  const frames = new Map<string, CameraFrame>();
  for (const [camera, frame] of cameras) {
    const view =
      viewOf(camera, views, aliases) ?? (cameras.length === 1 ? onlyView(camera, views) : undefined);
    if (view === undefined) {
      const known = Object.keys(aliases).filter((name) => views.includes(aliases[name] ?? ""));
      throw invalidObservation(
        `cameras among ${views.join(", ")}${known.length === 0 ? "" : ` (or ${known.join(", ")})`}`,
        cameras.map(([name]) => name).join(", "),
        `leave ${camera} out, or say which view it is with cameras: { ${views[0]}: "${camera}" } (--camera)`,
      );
    }
    if (frames.has(view))
      throw invalidObservation(
        `one frame of ${view}`,
        `two, the second as ${camera}`,
        "pass each camera once",
      );
    frames.set(view, frame);
  }
  return frames;
}

/** The view that a camera's name means. */
export function viewOf(
  camera: string,
  views: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string | undefined {
  if (views.includes(camera)) return camera;
  const meant = Object.hasOwn(aliases, camera) ? aliases[camera] : undefined;
  return meant !== undefined && views.includes(meant) ? meant : undefined;
}

/** A picture from the hand is no picture from the side, even where it is the only one. */
function onlyView(camera: string, views: readonly string[]): string | undefined {
  return views.length === 1 && !/wrist|hand/iu.test(camera) ? views[0] : undefined;
}
