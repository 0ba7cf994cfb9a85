import { invalid } from "@vla-pruner/prismatic";
import type { CameraFrame, Observation } from "@vla-pruner/core";

/** The one picture that OpenVLA looks at: camera `image`, else the first. */
export function mainFrame(images: Observation["images"]): CameraFrame {
  const frame = images?.["image"] ?? Object.values(images ?? {})[0];
  if (frame !== undefined) return frame;
  throw invalid(
    "a camera frame (images) or pixelValues",
    "neither",
    "pass one picture, for example { images: { image: frame } }",
  );
}
