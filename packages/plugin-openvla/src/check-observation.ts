import { invalid } from "@vla-pruner/prismatic";
import type { CameraFrame, Observation } from "@vla-pruner/core";

/**
 * The one picture that OpenVLA looks at: camera `image`, else `full_image`, else the only one.
 *
 * @throws `observation-invalid`
 */
export function mainFrame(images: Observation["images"]): CameraFrame {
  const frames = Object.values(images ?? {});
  const frame = images?.["image"] ?? images?.["full_image"] ?? (frames.length === 1 ? frames[0] : undefined);
  if (frame !== undefined) return frame;
  if (frames.length > 1) {
    throw invalid(
      "one camera frame, or a camera named image or full_image",
      Object.keys(images ?? {}).join(", "),
      "pass the picture that the model was trained on, for example { images: { image: frame } }",
    );
  }
  throw invalid(
    "a camera frame (images) or pixelValues",
    "neither",
    "pass one picture, for example { images: { image: frame } }",
  );
}
