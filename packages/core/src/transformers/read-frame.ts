import { RawImage } from "@huggingface/transformers";
import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraFrame, FrameSource } from "../observation.ts";

/** A camera frame from pixels, or decoded from a file, its path or URL (PNG, JPEG, WebP). */
export async function readFrame(source: FrameSource | Blob): Promise<CameraFrame> {
  if (typeof source !== "string" && !(source instanceof URL || source instanceof Blob)) return source;
  try {
    return await RawImage.read(source);
  } catch (cause) {
    throw new VlaPrunerError("image-invalid", {
      expected: `a readable picture ${source instanceof Blob ? "in the bytes given" : `at ${String(source)}`}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path; PNG, JPEG and WebP are read",
      cause,
    });
  }
}
