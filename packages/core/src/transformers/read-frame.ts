import { RawImage } from "@huggingface/transformers";
import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraFrame, FrameSource } from "../observation.ts";

/**
 * A camera frame from pixels, or decoded from a file, its path or URL (PNG, JPEG, WebP). A file's EXIF orientation is
 * applied, 16 bits become 8.
 *
 * @throws `image-invalid`
 */
export async function readFrame(source: FrameSource | Blob): Promise<CameraFrame> {
  if (typeof source !== "string" && !(source instanceof URL || source instanceof Blob)) return source;
  try {
    return await RawImage.read(source);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    // The decoder of the library cannot give grey pictures with alpha.
    const greyWithAlpha = found.includes("unsupported number of channels");
    throw new VlaPrunerError("image-invalid", {
      expected: `a readable picture ${source instanceof Blob ? "in the bytes given" : `at ${String(source).slice(0, 200)}`}`,
      found: greyWithAlpha ? "a grey picture with alpha" : found.slice(0, 300),
      fix: greyWithAlpha
        ? "save it as RGB, or as grey without alpha"
        : "check the path, and that it is the picture and no Git LFS pointer; PNG, JPEG and WebP are read",
      cause,
    });
  }
}
